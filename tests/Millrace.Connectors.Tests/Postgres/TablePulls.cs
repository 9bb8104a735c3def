using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Reads of one table of PostgreSQL.</summary>
internal sealed class TablePulls(string database, ReadRequest request) : TablePulls<PostgresSourceOptions>(Dialect.Postgres, database, request);
