using Millrace.Connectors.MySql;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Values that a table cannot hold cost the others nothing where they may be set aside, and are named where they may not.</summary>
public abstract class BadValuesTests<TOptions>(Dialect dialect)
    where TOptions : notnull
{
    private static readonly Schema Texts = WrittenTable<TOptions>.SchemaOf(("id", DataType.Int64), ("v", DataType.Utf8));

    private readonly ListedErrors _errors = new();

    [Theory]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Merge)]
    public async Task A_text_with_characters_that_the_target_lacks_is_set_aside(WriteMode mode)
    {
        WrittenTable<TOptions> table = FewCharacters();

        await table.WriteAsync(Request(mode, _errors), ["1|plain", "2|caf\u00e9", "3|snow \u2603", "4|\u00fc\u00e9", "--", "5|\ud83d\ude00 caf\u00e9", "6|last"], ["7|\u2603", "8|\u00e9"]);

        Assert.Equal("1\n2\n4\n6\n8", table.Sql($"SELECT id FROM {dialect.Table("t")} ORDER BY id"));
        Assert.Equal(["snow \u2603", "\ud83d\ude00 caf\u00e9", "\u2603"], _errors.Rows.Select(Value));
        Assert.All(_errors.Rows, e => Assert.Matches("['`]v['`]", e.Message));
    }

    [Fact]
    public async Task A_job_that_fails_at_such_a_text_names_the_column_and_writes_nothing()
    {
        WrittenTable<TOptions> table = FewCharacters();

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(Request(WriteMode.Append, null), ["1|plain", "2|snow \u2603"]));

        Assert.Equal(ErrorClass.Data, e.Code.Class);
        Assert.Matches("['`]v['`]", e.Message);
        Assert.Equal("0", table.Sql($"SELECT count(*) FROM {dialect.Table("t")}"));
    }

    [Fact]
    public async Task A_text_with_U0000_is_stored_whole_or_set_aside()
    {
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint PRIMARY KEY, v varchar(20))");

        await table.WriteAsync(Request(WriteMode.Append, _errors), ["1|a\0b", "2|c", "3|\0"]);

        Assert.Equal(dialect.StoresNul ? "3 1 1" : "1", table.Sql($"SELECT octet_length(v) FROM {dialect.Table("t")} ORDER BY id").Replace('\n', ' '));
        Assert.Equal(dialect.StoresNul ? [] : ["a\0b", "\0"], _errors.Rows.Select(Value));
        Assert.All(_errors.Rows, e => Assert.Equal(($"{dialect.Errors}09", "v", dialect.Table("t")), (e.Code.Id, e.Place.Field, e.Place.Stream)));
    }

    [Theory]
    [InlineData("smallint", "32767", "32768", "-32769")]
    [InlineData("integer", "-2147483648", "2147483648", "-2147483649")]
    [InlineData("numeric(4,2)", "99", "100", "-123")]
    public async Task A_number_out_of_range_is_set_aside(string type, string good, string above, string below)
    {
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint, v {type})");
        Schema schema = WrittenTable<TOptions>.SchemaOf(("id", DataType.Int64), ("v", DataType.Int64));

        await table.WriteAsync(new SinkRequest { Schema = schema, RunId = "", Errors = _errors }, [$"1|{good}", $"2|{above}", $"3|{good}", $"4|{below}"]);

        Assert.Equal("1\n3", table.Sql($"SELECT id FROM {dialect.Table("t")} ORDER BY id"));
        Assert.Equal([above, below], _errors.Rows.Select(Value));
        Assert.All(_errors.Rows, e => Assert.Equal(ErrorClass.Data, e.Code.Class));
    }

    [Fact]
    public async Task Of_rows_with_one_key_a_merge_keeps_the_last_also_where_they_come_in_several_batches()
    {
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint PRIMARY KEY, v varchar(20))");

        await table.WriteAsync(Request(WriteMode.Merge, _errors), ["1|a", "2|a", "1|b", "--", "2|c", "3|c", "3|d"], ["1|e"]);

        Assert.Equal("e c d", table.Sql($"SELECT v FROM {dialect.Table("t")} ORDER BY id").Replace('\n', ' '));
        Assert.Empty(_errors.Rows);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bad_row_among_many_batches_is_the_only_one_that_is_lacking(bool mayBeSetAside)
    {
        const int batches = 24;
        const int size = 1000;
        var table = new WrittenTable<TOptions>(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint PRIMARY KEY, v varchar(200))");
        string pad = new('x', 150);
        var rows = new List<string>();
        for (int i = 0; i < batches * size; i++)
        {
            if (i > 0 && i % size == 0)
            {
                rows.Add("--");
            }

            // One row has the key of another that came long before.
            rows.Add($"{(i == 17_500 ? 3 : i)}|{pad}{i}");
        }

        Task writing = table.WriteAsync(Request(WriteMode.Append, mayBeSetAside ? _errors : null), [.. rows]);
        if (mayBeSetAside)
        {
            await writing;
            Assert.Equal($"{pad}17500", Value(Assert.Single(_errors.Rows)));
        }
        else
        {
            Assert.Equal(ErrorClass.Data, (await Assert.ThrowsAsync<MillraceException>(() => writing)).Code.Class);
        }

        Assert.Equal($"{(mayBeSetAside ? (batches * size) - 1 : 0)}", table.Sql($"SELECT count(*) FROM {dialect.Table("t")}"));
    }

    private WrittenTable<TOptions> FewCharacters()
        => new(dialect, $"CREATE TABLE {dialect.Table("t")} (id bigint PRIMARY KEY, v {dialect.FewCharacters.Column})", dialect.FewCharacters.Database);

    private static SinkRequest Request(WriteMode mode, IRowErrorHandler? errors)
        => new() { Schema = Texts, RunId = "", Mode = mode, Key = mode == WriteMode.Merge ? ["id"] : [], Errors = errors };

    private static string? Value(RowError error) => System.Text.Json.JsonDocument.Parse(error.Raw).RootElement.GetProperty("v").ToString();
}

[Trait("speed", "slow")]
public sealed class PostgresBadValuesTests() : BadValuesTests<PostgresTargetOptions>(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlBadValuesTests() : BadValuesTests<MySqlTargetOptions>(Dialect.MySql);
