/** The page at `/`: where things are. No scripts, no assets: hospital networks are closed. */
export const WELCOME = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Throughline</title>
<h1>Throughline</h1>
<p>One chain from encounter to replenishment, every decision explained.</p>
<ul>
<li><code>POST /graphql</code>: the read API; send your key as <code>Authorization: Bearer</code>. Queries to paste are in
<code>examples/queries</code>, the schema in <code>schema/schema.graphql</code>.</li>
<li><code>GET /metrics</code>: Prometheus figures, with a key.</li>
<li><code>GET /.well-known/jwks/&lt;feed&gt;.json</code>: public keys of a FHIR feed that signs for its tokens.</li>
<li><code>GET /livez</code>, <code>GET /readyz</code>: is the process alive, can it answer.</li>
</ul>
<p>In demo mode the key is in <code>.hub/demo-operator.key</code>; all data is synthetic.</p>
</html>
`;
