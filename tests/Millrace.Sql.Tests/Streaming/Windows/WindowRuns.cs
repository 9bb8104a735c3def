using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Runs a query over one table round by round, with restarts after some rounds, and counts late rows.</summary>
internal static class WindowRuns
{
    /// <summary>What was given in which round, and how many rows were late.</summary>
    public static async Task<(List<(int Round, string Row, long Weight)> Given, long Late)> RunAsync(StreamPlan plan, StreamTable table, int batchRows, int lanes, int seed, StreamSettings settings)
    {
        var random = new Random(seed);
        var saved = new List<StateRecord>();
        var given = new List<(int, string, long)>();
        StreamRun run = new(plan, new QueryContext { Lanes = lanes }, settings);
        long late = 0;
        try
        {
            using RecordBatch all = table.All.Select([.. plan.Inputs[0].Columns.Select(table.Schema.Require)]);
            for (int round = 0; round * batchRows < all.Length; round++)
            {
                using RecordBatch rows = all.Slice(round * batchRows, Math.Min(batchRows, all.Length - (round * batchRows)));
                run.Push(0, "", rows);
                if ((round + 1) * batchRows >= all.Length)
                {
                    run.EndInput(0);
                }

                foreach (RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch.AddSeconds(round), default))
                {
                    using (batch)
                    {
                        given.AddRange(Enumerable.Range(0, batch.Length).Select(r => (round, StreamKit.Text(batch, r, plan.Schema.Count), plan.IsChanges ? Weights.Of(batch)[r] : 1)));
                    }
                }

                if (random.Next(4) == 0)
                {
                    run.Export(new Sink(saved), full: false);
                    late += run.Status.Stages.Sum(s => s.LateRows);
                    run.Dispose();
                    run = new StreamRun(plan, new QueryContext { Lanes = random.Next(1, 4) }, settings);
                    saved.ForEach(run.Import);
                }
            }

            return (given, late + run.Status.Stages.Sum(s => s.LateRows));
        }
        finally
        {
            run.Dispose();
            saved.ForEach(s => s.Rows.Dispose());
        }
    }

    private sealed class Sink(List<StateRecord> records) : IStateSink
    {
        public void Write(string stage, string table, StateChange change, RecordBatch rows) => records.Add(new StateRecord(stage, table, change, rows.Share()));
    }
}
