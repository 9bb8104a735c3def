using Millrace.Connectors.MySql;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Changes of a table that has lost a column meet a target that still has it.</summary>
public abstract class LackingColumnTests<TOptions>(Dialect dialect)
    where TOptions : notnull
{
    [Fact]
    public async Task A_column_that_changes_do_not_have_keeps_its_values_and_is_null_in_new_rows()
    {
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint PRIMARY KEY, a varchar(20), b bigint)");
        Schema whole = WrittenTable<TOptions>.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("a", DataType.Utf8), ("b", DataType.Int64));
        Schema rest = WrittenTable<TOptions>.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("a", DataType.Utf8));
        var request = new SinkRequest { Schema = whole, Mode = WriteMode.Merge, Key = ["id"], RunId = "" };

        await table.WriteAsync(request, ["I|1|x|1", "I|2|x|2", "I|3|x|3"]);
        await table.WriteAsync(request with { Schema = rest }, ["U|1|y", "D|2|", "I|4|y", "D|3|", "I|3|y"]);

        Assert.Equal("1 y 1,3 y 3,4 y -", table.Sql($"SELECT concat(id, ' ', a, ' ', coalesce(cast(b AS char(1)), '-')) FROM {dialect.Table("t")} ORDER BY id").Replace('\n', ','));
    }
}

[Trait("speed", "slow")]
public sealed class PostgresLackingColumnTests() : LackingColumnTests<PostgresTargetOptions>(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlLackingColumnTests() : LackingColumnTests<MySqlTargetOptions>(Dialect.MySql);
