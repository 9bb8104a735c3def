using Millrace.Connectors.MySql;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Names that a database would cut off, or refuses, are told before anything is made.</summary>
/// <typeparam name="TOptions">Options of the target.</typeparam>
public abstract class LongNameTests<TOptions>(Dialect dialect, string code, Func<TOptions, string, TOptions> named)
    where TOptions : notnull
{
    // Characters of two bytes: PostgreSQL counts bytes, MySQL characters.
    protected abstract int MostTwoByteCharacters { get; }

    protected abstract string CurrentSchema { get; }

    [Fact]
    public async Task A_column_of_a_new_table()
    {
        var table = new WrittenTable<TOptions>(dialect, "");
        string name = new('ä', MostTwoByteCharacters + 1);
        await AssertRefusedAsync(table, name, "columns:", o => o);
        Assert.Equal("0", table.Sql($"SELECT count(*) FROM information_schema.tables WHERE table_schema = {CurrentSchema}"));

        string fitting = name[1..];
        await table.WriteAsync(Request(fitting), ["1|kept"]);
        await table.WriteAsync(Request(fitting), ["2|too"]);
        Assert.Equal("kept\ntoo", table.Sql($"SELECT {fitting} FROM {dialect.Table("t")} ORDER BY id"));
    }

    [Fact]
    public async Task A_column_that_a_table_lacks()
    {
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint)");
        await AssertRefusedAsync(table, new string('n', 65), "columns:", o => o);
        Assert.Equal("1", table.Sql($"SELECT count(*) FROM information_schema.columns WHERE table_schema = {CurrentSchema}"));
    }

    [Fact]
    public async Task A_table()
    {
        var table = new WrittenTable<TOptions>(dialect, "");
        string name = new('t', 65);
        await AssertRefusedAsync(table, name, "table", o => named(o, dialect.Table(name)), "name");
        Assert.Equal("0", table.Sql($"SELECT count(*) FROM information_schema.tables WHERE table_schema = {CurrentSchema}"));
    }

    private async Task AssertRefusedAsync(WrittenTable<TOptions> table, string name, string hint, Func<TOptions, TOptions> options, string column = "")
    {
        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(Request(column.Length > 0 ? column : name), options, ["1|a"]));
        Assert.Equal(code, error.Code.Id);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(LengthOf(name), error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
    }

    protected abstract string LengthOf(string name);

    private static SinkRequest Request(string column) => new() { Schema = WrittenTable<TOptions>.SchemaOf(("id", DataType.Int64), (column, DataType.Utf8)), RunId = "" };
}

[Trait("speed", "slow")]
public sealed class PostgresLongNameTests() : LongNameTests<PostgresTargetOptions>(Dialect.Postgres, "MR3216", (o, table) => o with { Table = table })
{
    protected override int MostTwoByteCharacters => 31;

    protected override string CurrentSchema => "current_schema()";

    protected override string LengthOf(string name) => $"{System.Text.Encoding.UTF8.GetByteCount(name)} bytes";
}

[Trait("speed", "slow")]
public sealed class MySqlLongNameTests() : LongNameTests<MySqlTargetOptions>(Dialect.MySql, "MR3317", (o, table) => o with { Table = table })
{
    protected override int MostTwoByteCharacters => 64;

    protected override string CurrentSchema => "database()";

    protected override string LengthOf(string name) => $"{name.Length} characters";
}
