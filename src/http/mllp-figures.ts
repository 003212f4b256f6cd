/** The MLLP side of `/metrics`: connections, frames and refusals by feed, as this process has counted them since it started. */
import { Counter, Gauge, Registry } from 'prom-client';

/** Figures of one feed; the listener keeps them. */
export interface MllpFigures {
  feed: string;
  connections: number;
  frames: number;
  bytes: number;
  /** Answers that are no acceptance, by outcome. */
  naks: ReadonlyMap<string, number>;
  frameErrors: number;
  /** Callers of the feed's port that no feed let in, by reason. */
  turnedAway: ReadonlyMap<string, number>;
  /** One by one: a certificate's name, else an address. */
  senders: readonly MllpSender[];
}

/** One sender of a feed. */
export interface MllpSender {
  sender: string;
  /** Null = it is not connected. */
  since: Date | null;
  lastFrameAt: Date | null;
  frames: number;
  bytes: number;
  naks: number;
}

/** A registry with the figures of some feeds. */
export function mllpRegistry(feeds: readonly MllpFigures[]): Registry {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames: ['feed', ...labelNames], registers });
  const connections = new Gauge({
    name: 'hub_mllp_connections',
    help: 'Senders connected now.',
    labelNames: ['feed'],
    registers,
  });
  const frames = counter('hub_mllp_frames_total', 'Frames received.');
  const bytes = counter('hub_mllp_bytes_total', 'Bytes of the frames received.');
  const naks = counter('hub_mllp_nak_total', 'Answers other than AA and CA, by reason.', 'reason');
  const errors = counter('hub_mllp_frame_errors_total', 'Frames cut off, too large or too slow, and stray bytes.');
  const away = counter('hub_mllp_turned_away_total', 'Callers of the port whom no feed let in, by reason.', 'reason');
  for (const figures of feeds) {
    const { feed } = figures;
    connections.set({ feed }, figures.connections);
    frames.inc({ feed }, figures.frames);
    bytes.inc({ feed }, figures.bytes);
    errors.inc({ feed }, figures.frameErrors);
    for (const [reason, count] of figures.naks) naks.inc({ feed, reason }, count);
    for (const [reason, count] of figures.turnedAway) away.inc({ feed, reason }, count);
  }
  sendersInto(registry, feeds);
  return registry;
}

/** Who it is that sends: when a sender connected and last sent, how much, how often it was refused. */
function sendersInto(registry: Registry, feeds: readonly MllpFigures[]): void {
  const settings = { labelNames: ['feed', 'sender'], registers: [registry] };
  const since = new Gauge({
    name: 'hub_mllp_sender_connected_since_timestamp_seconds',
    help: 'Since when a sender is connected; absent = it is not.',
    ...settings,
  });
  const last = new Gauge({
    name: 'hub_mllp_sender_last_frame_timestamp_seconds',
    help: 'Last frame of a sender.',
    ...settings,
  });
  const frames = new Counter({ name: 'hub_mllp_sender_frames_total', help: 'Frames of a sender.', ...settings });
  const bytes = new Counter({ name: 'hub_mllp_sender_bytes_total', help: 'Bytes of its frames.', ...settings });
  const naks = new Counter({ name: 'hub_mllp_sender_nak_total', help: 'Its frames that were refused.', ...settings });
  for (const { feed, senders } of feeds)
    for (const one of senders) {
      const labels = { feed, sender: one.sender };
      if (one.since !== null) since.set(labels, one.since.getTime() / 1000);
      if (one.lastFrameAt !== null) last.set(labels, one.lastFrameAt.getTime() / 1000);
      frames.inc(labels, one.frames);
      bytes.inc(labels, one.bytes);
      naks.inc(labels, one.naks);
    }
}
