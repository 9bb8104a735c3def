using Millrace.Columnar;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming.State;

public sealed class RowBagTests
{
    private static readonly Schema Row = new([new Field("id", DataType.Int64)]);

    [Fact]
    public Task What_came_and_went_between_two_checkpoints_is_not_kept() => LeakCheck.RunAsync(() =>
    {
        using var state = new RowBag(Row);
        Change(state, 0, 10, 1);
        for (int round = 0; round < 100; round++)
        {
            Change(state, 100, 1000, 1);
            Change(state, 100, 1000, -1);
        }

        Change(state, 0, 5, -1);
        var saved = new Recorder();
        state.Export(saved, "rows", full: false);
        Assert.Equal(5, saved.Rows);
        Assert.Equal([5, 6, 7, 8, 9], saved.Sums.Where(s => s.Value != 0).Select(s => s.Key).Order());
        Assert.All(saved.Sums.Values.Where(v => v != 0), v => Assert.Equal(1, v));

        var nothing = new Recorder();
        state.Export(nothing, "rows", full: false);
        Assert.Equal(0, nothing.Rows);
        return Task.CompletedTask;
    });

    private static void Change(RowBag state, long first, int count, long weight)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, count);
        for (int i = 0; i < count; i++)
        {
            ids.Append(first + i);
        }

        using var rows = new RecordBatch(Row, count, [ids.Build()]);
        using RecordBatch changes = Weights.Join(rows, weight);
        state.AddChanges(changes);
    }

    private sealed class Recorder : IStateWriter
    {
        public long Rows { get; private set; }

        public Dictionary<long, long> Sums { get; } = [];

        public void Write(string table, StateChange change, RecordBatch rows)
        {
            Assert.Equal(StateChange.Add, change);
            Rows += rows.Length;
            ReadOnlySpan<long> ids = ((FixedColumn<long>)rows[0]).Values;
            ReadOnlySpan<long> weights = Weights.Of(rows);
            for (int i = 0; i < rows.Length; i++)
            {
                Sums[ids[i]] = Sums.GetValueOrDefault(ids[i]) + weights[i];
            }
        }
    }
}
