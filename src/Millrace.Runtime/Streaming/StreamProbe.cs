using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// Runs a query over what its tables hold at the moment, without a target and without waiting for more, to see what its stages
/// keep and who holds its watermark back.
/// </summary>
internal static class StreamProbe
{
    /// <param name="pipeline">A pipeline with a query; its target is not opened.</param>
    /// <param name="errors">Gets rows that cannot be decoded.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<(StreamPlan Plan, StreamStatus Status)> RunAsync(Pipeline pipeline, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var source = new StreamSource(pipeline.Query!, pipeline.Context(static _ => { }));
        await using (source.ConfigureAwait(false))
        {
            IReadPlan plan = await source.PlanAsync(new ReadRequest { Follows = pipeline.Follows }, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                using var step = new QueryStep(source.Bound!, pipeline.Query!, pipeline);
                step.Begin((TablesPlan)plan);
                await foreach (Split split in plan.SplitsAsync(cancellation).ConfigureAwait(false))
                {
                    await ReadAsync(plan, split, step, errors, cancellation).ConfigureAwait(false);
                }

                if (!pipeline.Follows)
                {
                    step.EndInputs();
                }

                await RoundAsync(step, cancellation).ConfigureAwait(false);
                return (source.Bound!.Plan, step.Status);
            }
        }
    }

    private static async Task ReadAsync(IReadPlan plan, Split split, QueryStep step, IRowErrorHandler errors, CancellationToken cancellation)
    {
        ISplitReader reader = await plan.OpenAsync(split, null, errors, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
            {
                using (next.Batch)
                {
                    step.Push(split, next.Batch, next.Origin);
                }

                if (step.PendingRows >= QueryStep.RoundRows)
                {
                    await RoundAsync(step, cancellation).ConfigureAwait(false);
                }
            }
        }

        step.End(split);
    }

    private static async Task RoundAsync(QueryStep step, CancellationToken cancellation)
    {
        foreach (RecordBatch batch in await step.RunRoundAsync(cancellation).ConfigureAwait(false))
        {
            batch.Dispose();
        }
    }
}
