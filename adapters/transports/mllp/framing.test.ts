/** The framing against every way a stream can be cut. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frame, FrameDecoder, type FrameEvent } from './framing.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Events with neighbouring stray counts added up: how a stream is cut may split those, never the frames. */
function summary(events: FrameEvent[]): string[] {
  const lines: string[] = [];
  let stray = 0;
  for (const event of events) {
    if (event.kind === 'stray') {
      stray += event.count;
      continue;
    }
    if (stray > 0) lines.push(`stray ${stray}`);
    stray = 0;
    lines.push(event.kind === 'frame' ? `frame ${text(event.bytes)}` : event.kind);
  }
  return stray > 0 ? [...lines, `stray ${stray}`] : lines;
}

function decode(chunks: Uint8Array[], max?: number): string[] {
  const decoder = new FrameDecoder(max);
  return summary(chunks.flatMap((chunk) => decoder.push(chunk)));
}

function cutAt(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((end, index) => bytes.subarray(cuts[index - 1] ?? 0, end));
}

describe('framing', () => {
  test('any cut of any stream gives the same frames, stray bytes and faults', () => {
    const sign = fc.constantFrom(0x0b, 0x1c, 0x0d, 0x0a, 0x41, 0x7c, 0xc3);
    fc.assert(
      fc.property(
        fc.array(sign, { maxLength: 80 }),
        fc.array(fc.nat(80)),
        fc.integer({ min: 2, max: 90 }),
        (raw, cuts, max) => {
          const stream = Uint8Array.from(raw);
          expect(decode(cutAt(stream, cuts), max)).toEqual(decode([stream], max));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('frames come out as they went in, several in one chunk or one in many', () => {
    const content = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => bytes.filter((byte) => byte !== 0x0b && byte !== 0x1c));
    fc.assert(
      fc.property(fc.array(content, { maxLength: 6 }), fc.array(fc.nat(2_000)), (contents, cuts) => {
        const stream = Uint8Array.from(contents.flatMap((bytes) => [...frame(bytes)]));
        expect(decode(cutAt(stream, cuts))).toEqual(contents.map((bytes) => `frame ${text(bytes)}`));
      }),
    );
  });

  test('a lone 0x1C is content, a frame may lack its 0x0D, what was cut off is told', () => {
    expect(decode([utf8('\u000ba\u001cb\u001c\r')])).toEqual(['frame a\u001cb']);
    expect(decode([utf8('\u000ba\u001c\u000bb\u001c\r')])).toEqual(['frame a', 'frame b']);
    expect(decode([utf8('xy\u000ba\u000bb\u001c\r\n')])).toEqual(['stray 2', 'cut', 'frame b']);
    const decoder = new FrameDecoder();
    decoder.push(utf8('\u000ba\u001c'));
    expect(text(decoder.flush() ?? utf8('none'))).toBe('a');
  });

  test('the cap holds, and eight megabytes byte by byte cost neither time nor an object each', () => {
    expect(decode([utf8('\u000b12345\u001c\r')], 4)).toEqual(['tooLarge']);
    expect(decode([utf8('\u000b1234\u001c\r')], 4)).toEqual(['frame 1234']);
    const decoder = new FrameDecoder();
    const one = Uint8Array.of(0x41);
    const before = process.memoryUsage().rss;
    decoder.push(Uint8Array.of(0x0b));
    for (let index = 0; index < 8 * 1024 * 1024; index += 1) decoder.push(one);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(decoder.push(one).map((event) => event.kind)).toEqual(['tooLarge']);
  });
});
