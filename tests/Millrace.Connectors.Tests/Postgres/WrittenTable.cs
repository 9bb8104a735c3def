using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>A table in PostgreSQL.</summary>
internal sealed class WrittenTable(string sql = "") : WrittenTable<PostgresTargetOptions>(Dialect.Postgres, sql);
