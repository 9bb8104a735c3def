using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>Reads of one table of MariaDB.</summary>
internal sealed class TablePulls(string database, ReadRequest request) : TablePulls<MySqlSourceOptions>(Dialect.MySql, database, request);
