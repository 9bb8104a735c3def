using Millrace.Connectors.Common;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Tables that inherit from the one that is written are streams and targets of their own: their rows stay as they are.</summary>
[Trait("speed", "slow")]
public sealed class PostgresInheritanceTests
{
    private static readonly Schema Plain = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Utf8));
    private static readonly Schema Changes = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("name", DataType.Utf8));
    private static readonly Schema Keys = WrittenTable.SchemaOf(("id", DataType.Int64));

    [Fact]
    public Task Overwrite() => WriteAsync("1|new", new SinkRequest { Schema = Plain, Mode = WriteMode.Overwrite, RunId = "" }, "1|new");

    [Fact]
    public Task Merge() => WriteAsync("1|a\n2|B\n5|E", ByKey(Plain, WriteMode.Merge), "2|B", "5|E");

    [Fact]
    public Task Merge_of_changes() => WriteAsync("1|a\n7|G", ByKey(Changes, WriteMode.Merge), "D|2|", "D|5|", "U|7|G");

    [Fact]
    public Task Merge_of_a_table_that_was_emptied() => WriteAsync("2|B", ByKey(Changes, WriteMode.Merge), "T||", "I|2|B");

    [Fact]
    public Task Snapshot() => WriteAsync("2|B", ByKey(Plain, WriteMode.SnapshotDiff) with { IsSnapshot = true }, "2|B");

    [Fact]
    public Task Comparison_of_keys() => WriteAsync("2|b", ByKey(Keys, WriteMode.Merge) with { RemovesMissing = true, Resumes = true }, "2");

    [Fact]
    public async Task Rows_that_are_marked_and_versions()
    {
        foreach (SinkRequest request in new[] { ByKey(Plain, WriteMode.SnapshotDiff) with { IsSnapshot = true }, ByKey(Plain, WriteMode.Scd2) with { IsSnapshot = true } })
        {
            WrittenTable table = New("");
            await table.WriteAsync(request, o => o with { Deletes = SnapshotDeletes.Soft }, ["2|B", "5|E"]);

            bool hasVersions = request.Mode == WriteMode.Scd2;
            Assert.Equal("2|kept\n5|child", table.Sql($"SELECT id, name FROM public.child WHERE {(hasVersions ? "_is_current" : "_deleted_at IS NULL")} ORDER BY id"));
            Assert.Equal("2|B\n5|E", table.Sql($"SELECT id, name FROM ONLY public.t WHERE {(hasVersions ? "_is_current" : "_deleted_at IS NULL")} ORDER BY id"));
        }
    }

    [Fact]
    public async Task A_table_whose_children_have_rows_is_empty()
    {
        WrittenTable table = New("");
        table.Sql("DELETE FROM ONLY public.t");
        await table.WriteAsync(new SinkRequest { Schema = Plain, RunId = "" }, o => o with { IfExists = IfExists.Error }, ["1|a"]);
        Assert.Equal("1|a", table.Sql("SELECT * FROM ONLY public.t"));
    }

    [Fact]
    public async Task A_partitioned_table_is_emptied_with_its_partitions()
    {
        var table = new WrittenTable("CREATE TABLE public.t (id bigint, name text) PARTITION BY LIST (id); CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES IN (1); CREATE TABLE public.t2 PARTITION OF public.t DEFAULT; INSERT INTO public.t VALUES (1, 'a'), (2, 'b')");
        await table.WriteAsync(new SinkRequest { Schema = Plain, Mode = WriteMode.Overwrite, RunId = "" }, ["3|c"]);
        Assert.Equal("3|c", table.Sql("SELECT * FROM public.t"));
    }

    private static async Task WriteAsync(string expected, SinkRequest request, params string[] rows)
    {
        foreach (string key in request.Mode == WriteMode.Merge ? new[] { "", "PRIMARY KEY" } : [""])
        {
            WrittenTable table = New(key);
            await table.WriteAsync(request, rows);
            Assert.Equal(expected, table.Sql("SELECT * FROM ONLY public.t ORDER BY id"));
            Assert.Equal("2|kept|1\n5|child|2", table.Sql("SELECT * FROM public.child ORDER BY id"));
        }
    }

    private static WrittenTable New(string key) => new(
        $"CREATE TABLE public.t (id bigint {key}, name text); INSERT INTO public.t VALUES (1, 'a'), (2, 'b'); "
        + "CREATE TABLE public.child (extra int) INHERITS (public.t); INSERT INTO public.child VALUES (2, 'kept', 1), (5, 'child', 2)");

    private static SinkRequest ByKey(Schema schema, WriteMode mode) => new() { Schema = schema, Mode = mode, Key = ["id"], RunId = "" };
}
