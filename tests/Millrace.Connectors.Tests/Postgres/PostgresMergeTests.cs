using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Rows and changes meet those of a table by key.</summary>
[Trait("speed", "slow")]
public sealed class PostgresMergeTests
{
    private static readonly Schema Plain = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Utf8));
    private static readonly Schema Changes = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("name", DataType.Utf8));

    public static TheoryData<string> Tables => new()
    {
        "",
        "CREATE TABLE public.t (id bigint PRIMARY KEY, name text)",
        "CREATE TABLE public.t (id bigint, name text)",
        "CREATE TABLE public.t (no serial PRIMARY KEY, id bigint UNIQUE, name text)",
        "CREATE TABLE public.t (id bigint, name text, UNIQUE (id) DEFERRABLE)",
        "CREATE TABLE public.t (id bigint, name text); CREATE UNIQUE INDEX ON public.t (id) WHERE id > 2",
        "CREATE TABLE public.t (id bigint PRIMARY KEY, name text) PARTITION BY HASH (id); CREATE TABLE public.t0 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task The_last_row_of_a_key_counts_within_an_epoch_and_over_epochs(string sql)
    {
        var table = new WrittenTable(sql);

        await table.WriteAsync(Merge(Plain, "id"), ["1|a", "2|b", "1|c"], ["2|d", "3|e", "3|f"]);
        await table.WriteAsync(Merge(Plain, "id"), ["3|g", "4|"]);

        Assert.Equal("1|c\n2|d\n3|g\n4|", table.Sql("SELECT id, name FROM public.t ORDER BY id"));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Changes_are_applied_in_their_order(string sql)
    {
        var table = new WrittenTable(sql);

        await table.WriteAsync(
            Merge(Changes, "id"),
            ["I|1|a", "I|2|b", "I|3|c", "I|4|d"],
            ["D|1|", "U|2|B", "D|3|", "I|3|C", "U|4|x", "D|4|", "D|9|"]);
        Assert.Equal("2|B\n3|C", table.Sql("SELECT id, name FROM public.t ORDER BY id"));

        await table.WriteAsync(Merge(Changes, "id"), ["I|7|gone", "T||", "I|2|again", "U|8|new"]);
        Assert.Equal("2|again\n8|new", table.Sql("SELECT id, name FROM public.t ORDER BY id"));
        Assert.Equal("0", table.Sql("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname LIKE '\\_%'"));
    }

    [Theory]
    [InlineData("CREATE TABLE public.t (a int, b text, v float8, kept text DEFAULT 'own', PRIMARY KEY (b, a))")]
    [InlineData("CREATE TABLE public.t (a int, b text, v float8, kept text DEFAULT 'own')")]
    public async Task A_key_of_several_columns_and_columns_that_rows_do_not_have(string sql)
    {
        var table = new WrittenTable(sql);
        Schema schema = WrittenTable.SchemaOf(("a", DataType.Int32), ("b", DataType.Utf8), ("v", DataType.Float64));
        table.Sql("INSERT INTO public.t VALUES (1, 'x', 0, 'mine')");

        await table.WriteAsync(Merge(schema, "a", "b"), ["1|x|1.5", "1|y|2", "1|y|2.5", "2|x|3"]);

        Assert.Equal("1|x|1.5|mine\n1|y|2.5|own\n2|x|3|own", table.Sql("SELECT * FROM public.t ORDER BY a, b"));
    }

    [Theory]
    [InlineData("CREATE TABLE public.t (id bigint PRIMARY KEY, j json, p point, n numeric)")]
    [InlineData("CREATE TABLE public.t (id bigint, j json, p point, n numeric)")]
    public async Task Rows_that_are_there_already_are_not_written_again(string sql)
    {
        // Types without equality, and a number that is equal to another of another scale.
        var table = new WrittenTable(sql);
        Schema schema = WrittenTable.SchemaOf(("id", DataType.Int64), ("j", DataType.Json), ("p", DataType.Utf8), ("n", DataType.Utf8));
        await table.WriteAsync(Merge(schema, "id"), ["""1|{"a":1}|(1,2)|1.0""", """2|{"a":2}||2.0"""]);
        string places = table.Sql("SELECT id, ctid FROM public.t ORDER BY id");

        await table.WriteAsync(Merge(schema, "id"), ["""1|{"a":1}|(1,2)|1.0""", """2|{"a":2}||2.00"""]);

        string[] before = places.Split('\n');
        string[] after = table.Sql("SELECT id, ctid FROM public.t ORDER BY id").Split('\n');
        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);
        Assert.Equal("1.0\n2.00", table.Sql("SELECT n FROM public.t ORDER BY id"));
    }

    [Fact]
    public async Task A_key_that_the_table_does_not_have_is_refused()
    {
        var table = new WrittenTable("CREATE TABLE public.t (other int)");

        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(Merge(Plain, "nothing"), ["1|a"]));

        Assert.Equal(PostgresErrors.NoKey, error.Code);
        Assert.Contains("'nothing'", error.Message, StringComparison.Ordinal);
    }

    private static SinkRequest Merge(Schema schema, params string[] key) => new() { Schema = schema, Mode = WriteMode.Merge, Key = key, RunId = "" };
}
