/** drizzle-kit only generates the SQL of a change; src/db/migrate.ts applies it. */
export default { dialect: 'postgresql', schema: './drizzle/tables/index.ts', out: './drizzle/migrations' };
