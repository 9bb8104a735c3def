using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>A table in MariaDB.</summary>
internal sealed class WrittenTable(string sql = "") : WrittenTable<MySqlTargetOptions>(Dialect.MySql, sql);
