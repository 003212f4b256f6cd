# Two stages: compile with all dependencies, run with the production ones only, as a user that owns nothing.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="throughline" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir /var/lib/hub && chown 10001:10001 /var/lib/hub
USER 10001
EXPOSE 8340 2575 2576
HEALTHCHECK --interval=10s --start-interval=1s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8340/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/src/main.js", "--directory", "/var/lib/hub"]
CMD ["serve"]
