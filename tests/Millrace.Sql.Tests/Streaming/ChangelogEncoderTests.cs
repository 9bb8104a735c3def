using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>How the changes of a round become rows of a target.</summary>
public sealed class ChangelogEncoderTests
{
    private const string Counted = "SELECT k, count(*) AS n FROM t GROUP BY k";

    private static readonly (string K, long N, long Weight)[] Changes = [("a", 1, -1), ("b", 2, -1), ("a", 3, 1), ("c", 1, 1)];

    [Fact]
    public async Task An_upsert_has_the_last_row_of_each_key_and_tombstones()
        => Assert.Equal(["""{"_op":"U","k":"a","n":3}""", """{"_op":"D","k":"b","n":null}""", """{"_op":"U","k":"c","n":1}"""], await EncodeAsync(ChangelogMode.Upsert, Changes));

    [Fact]
    public async Task A_retraction_has_both_rows_of_a_change()
        => Assert.Equal(
            ["""{"_op":"-U","k":"a","n":1}""", """{"_op":"+U","k":"a","n":3}""", """{"_op":"-D","k":"b","n":2}""", """{"_op":"+I","k":"c","n":1}"""],
            await EncodeAsync(ChangelogMode.Retract, Changes));

    [Fact]
    public async Task Debezium_has_what_was_and_what_is()
    {
        IReadOnlyList<string> rows = await EncodeAsync(ChangelogMode.Debezium, Changes);
        Assert.Equal(
        [
            """{"before":{"k":"a","n":1},"after":{"k":"a","n":3},"op":"u",""",
            """{"before":{"k":"b","n":2},"after":null,"op":"d",""",
            """{"before":null,"after":{"k":"c","n":1},"op":"c",""",
        ], rows.Select(r => r[..(r.IndexOf("\"ts_ms\"", StringComparison.Ordinal))]));
    }

    [Fact]
    public async Task Changes_of_a_round_that_undo_each_other_are_left_out_unless_every_record_counts()
    {
        (string, long, long)[] changes = [("a", 1, 1), ("a", 1, -1), ("a", 2, 1)];
        Assert.Equal(["""{"_op":"+I","k":"a","n":2}"""], await EncodeAsync(ChangelogMode.Retract, changes));
        Assert.Equal(3, (await EncodeAsync(ChangelogMode.Retract, changes, folds: false)).Count);
        Assert.Empty(await EncodeAsync(ChangelogMode.Upsert, changes[..2]));
    }

    [Fact]
    public async Task Rows_that_count_several_times_stand_several_times()
        => Assert.Equal(3, (await EncodeAsync(ChangelogMode.Retract, [("a", 1, 3)])).Count);

    [Fact]
    public async Task What_changes_cannot_be_appended_and_without_a_key_nothing_can_be_upserted()
    {
        Assert.Equal("MR5410", (await Assert.ThrowsAsync<MillraceException>(() => EncodeAsync(ChangelogMode.Append, Changes))).Code.Id);
        StreamPlan plan = await PlanAsync("SELECT k FROM t");
        Assert.Equal("MR5411", Assert.Throws<MillraceException>(() => ChangelogEncoder.Of(plan, ChangelogMode.Upsert, [], true)).Code.Id);
        Assert.Equal("MR5411", Assert.Throws<MillraceException>(() => ChangelogEncoder.Of(plan, null, ["x"], true)).Code.Id);
        Assert.Equal(ChangelogMode.Append, ChangelogEncoder.Of(plan, null, [], true).Mode);
        Assert.Equal(ChangelogMode.Upsert, ChangelogEncoder.Of(await PlanAsync(Counted), null, [], true).Mode);
    }

    private static async Task<IReadOnlyList<string>> EncodeAsync(ChangelogMode mode, (string K, long N, long Weight)[] changes, bool folds = true)
    {
        ChangelogEncoder encoder = ChangelogEncoder.Of(await PlanAsync(Counted), mode, [], folds);
        using var leaks = new LeakCheck();
        using var keys = new BinaryBuilder(DataType.Utf8);
        using var counts = new FixedBuilder<long>(DataType.Int64);
        using var weights = new FixedBuilder<long>(DataType.Int64);
        foreach ((string key, long count, long weight) in changes)
        {
            keys.Append(key);
            counts.Append(count);
            weights.Append(weight);
        }

        var batch = new RecordBatch(Weights.Append(new Schema([new Field("k", DataType.Utf8), new Field("n", DataType.Int64)])), changes.Length, [keys.Build(), counts.Build(), weights.Build()]);
        var rows = new List<string>();
        foreach (RecordBatch encoded in encoder.Encode([batch]))
        {
            using (encoded)
            {
                Assert.Equal(encoder.Schema.ToString(), encoded.Schema.ToString());
                for (int row = 0; row < encoded.Length; row++)
                {
                    rows.Add(ColumnText.Row(encoded, row));
                }
            }
        }

        return rows;
    }

    private static async Task<StreamPlan> PlanAsync(string text)
    {
        using var table = new MemoryTable("t", new Schema([new Field("k", DataType.Utf8), new Field("v", DataType.Int64)]));
        var catalog = new MemoryCatalog();
        catalog.Add(table);
        BoundQuery bound = await QueryBinder.BindAsync(((QueryStatement)SqlParser.ParseStatement(new SourceText(text))).Query, catalog, BuiltInFunctions.Table, default);
        return await StreamPlanner.PlanAsync(bound, BuiltInFunctions.Table, new StreamSettings(), default);
    }
}
