/**
 * The HTTP side of the hub on express 5: `/graphql`, `/metrics` and uploads with a key, `/livez`, `/readyz` and public keys without,
 * and a page at `/` that says where things are. Bound to the loopback unless configured otherwise.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { Authenticator } from '../access/keys.ts';
import type { Scope } from '../access/scope.ts';
import type { Commands } from '../../schema/commands.ts';
import { buildReadModel } from '../../schema/index.ts';
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { cursorKey } from '../read/cursor.ts';
import { createGraphql, sendFinished, type GraphqlContext } from './graphql.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { MllpFigures } from './mllp-figures.ts';
import { isReady } from './readiness.ts';
import { addUploadRoute, type UploadOptions } from './upload.ts';
import { WELCOME } from './welcome.ts';

const BODY_LIMIT = '256kb';
const HEADERS_MS = 30_000;
/** From a request's first byte to its last; uploads of large files have their own. */
const REQUEST_MS = 60_000;
const UPLOAD_MS = 3_600_000;
/** How long a server may keep the keys that it has fetched. */
const KEYS_SECONDS = 300;
const STOP_MS = 5_000;

/** What the HTTP side needs. */
export interface HttpOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 = any free port. */
  port: number;
  read: Database;
  monitor: Database;
  clock: () => Date;
  tenants: readonly Tenant[];
  /** True while the disk watermark makes the hub refuse deliveries; for the figures. */
  refusing?: () => boolean;
  /** Takes files that are uploaded; absent = there is no such route. */
  upload?: UploadOptions;
  /** Public keys (JWKS) by feed, for servers where it is a SMART client; absent = none. */
  keySets?: ReadonlyMap<string, object>;
  /** What mutations may do; absent = none is taken. */
  commands?: Commands;
  /** What came over MLLP to the tenant's feeds since the hub started. */
  mllp?: (tenant: Tenant) => readonly MllpFigures[];
  /** Secret that signs cursors; hubs that share a database share it. Default: random, cursors end with the process. */
  cursorSecret?: Uint8Array;
  version?: string;
  /** Hears faults that a caller is not told about. */
  onFault?: (error: unknown) => void;
  /** Called with every statement of a GraphQL root field; for tests. */
  onStatement?: (text: string) => void;
}

/** A listening HTTP side. */
export interface RunningHttp {
  port: number;
  /** Stops taking requests and waits for those under way, at most five seconds. */
  stop(): Promise<void>;
}

/** Starts listening. Throws when the types do not fit the tables, or with the setting's name when the port is in use. */
export async function startHttp(options: HttpOptions): Promise<RunningHttp> {
  const onFault = options.onFault ?? ((): void => {});
  const model = buildReadModel();
  const { read, clock } = options;
  const graphql = createGraphql(
    {
      model,
      db: read,
      clock,
      cursorKey: cursorKey(options.cursorSecret),
      ...(options.onStatement === undefined ? {} : { onStatement: options.onStatement }),
    },
    onFault,
  );
  await graphql.start();
  const metrics = createMetrics(options, clock, options.version ?? '0', options);
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  openRoutes(app, read);
  if (options.keySets !== undefined) openKeySets(app, options.keySets);
  const keys = new Authenticator(read, clock);
  if (options.upload !== undefined) addUploadRoute(app, read, withKey(keys), options.upload);
  app.use(withinTime);
  app.use('/graphql', postOnly, withKey(keys), express.json({ limit: BODY_LIMIT }), timed(metrics), sendFinished);
  const contextOf = async ({ res }: { res: Response }): Promise<GraphqlContext> => {
    const context: GraphqlContext = { scope: scopeOf(res), told: {}, commands: options.commands, onFault };
    res.locals['context'] = context;
    return context;
  };
  app.use('/graphql', expressMiddleware(graphql, { context: contextOf }));
  app.get('/metrics', withKey(keys), sendMetrics(metrics, options.tenants));
  app.use((_request: Request, response: Response) => void response.status(404).type('text').send('Not found\n'));
  app.use(answerFault(onFault));
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: UPLOAD_MS }, app);
  await listen(server, options.port, options.host ?? '127.0.0.1');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      await close(server);
      await graphql.stop();
    },
  };
}

function openRoutes(app: express.Express, read: Database): void {
  app.get('/', (_request, response) => void response.type('html').send(WELCOME));
  app.get('/livez', (_request, response) => void response.type('text').send('ok\n'));
  app.get('/readyz', async (_request, response) => {
    const ready = await isReady(read);
    response
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ok\n' : 'not ready\n');
  });
}

/** One set for each feed: a server that trusts one client's keys is not made to trust another's. */
function openKeySets(app: express.Express, keySets: ReadonlyMap<string, object>): void {
  app.get('/.well-known/jwks/:feed.json', ({ params }, response, next) => {
    const found = keySets.get(params.feed);
    if (found === undefined) return next();
    response.set('cache-control', `max-age=${KEYS_SECONDS}`).json(found);
  });
}

/** Ends a request whose body does not come to its end in time. */
function withinTime(request: Request, response: Response, next: NextFunction): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, REQUEST_MS);
  response.once('close', () => clearTimeout(timer));
  next();
}

/** Queries may hold patient references and do not belong into URLs, histories and proxies' logs. */
function postOnly(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'POST') next();
  else response.status(405).set('Allow', 'POST').type('text').send('POST a query as application/json.\n');
}

/** Lets a request with a living key through, and says no more than 401 to all others. */
const withKey =
  (keys: Authenticator) =>
  async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const scope = await keys.authenticate(request.get('authorization'));
    if (scope === undefined) {
      const errors = [{ message: 'A valid API key is needed.', extensions: { code: 'UNAUTHENTICATED' } }];
      response.status(401).set('WWW-Authenticate', 'Bearer').json({ errors });
      return;
    }
    response.locals['scope'] = scope;
    response.set('Cache-Control', 'no-store');
    next();
  };

const scopeOf = (response: Response): Scope => response.locals['scope'] as Scope;

const timed =
  (metrics: Metrics) =>
  (_request: Request, response: Response, next: NextFunction): void => {
    const begun = performance.now();
    response.on('finish', () => {
      const context = response.locals['context'] as GraphqlContext | undefined;
      metrics.observe(context?.told.operation ?? 'refused', (performance.now() - begun) / 1000);
    });
    next();
  };

const sendMetrics =
  (metrics: Metrics, tenants: readonly Tenant[]) =>
  async (_request: Request, response: Response): Promise<void> => {
    const tenant = tenants.find((one) => one.id === scopeOf(response).tenantId);
    if (tenant === undefined) {
      response.status(404).type('text').send('The tenant of this key is not configured.\n');
      return;
    }
    response.type(metrics.contentType).send(await metrics.text(tenant));
  };

/** Bad bodies are the caller's; everything else is ours and is not described. */
const answerFault =
  (onFault: (error: unknown) => void) =>
  (error: { status?: unknown }, _request: Request, response: Response, _next: NextFunction): void => {
    const status = typeof error.status === 'number' && error.status < 500 ? error.status : 500;
    if (status === 500) onFault(error);
    const message = status === 413 ? `The body is larger than ${BODY_LIMIT}.` : 'The request could not be read.';
    response.status(status).json({ errors: [{ message: status === 500 ? 'The hub could not answer.' : message }] });
  };

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is in use. Stop the program that uses it, or set http.port in hub.yaml.`
          : `Cannot listen on ${host}:${port} (${error.code ?? 'error'}). Check http.port and http.host in hub.yaml.`;
      reject(new Error(sentence, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
