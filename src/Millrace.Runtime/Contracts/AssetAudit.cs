using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>What rows of a source do to a contract, without writing any.</summary>
/// <param name="Rows">Rows that were looked at.</param>
/// <param name="BadRows">Rows that could not be read or converted.</param>
/// <param name="Breaches">Rows that break each rule; rules that all rows keep are left out.</param>
/// <param name="Notes">What else was found, such as other columns.</param>
/// <param name="Sample">Some of the rows that could not be read or converted.</param>
public sealed record AssetAudit(long Rows, long BadRows, IReadOnlyDictionary<string, long> Breaches, IReadOnlyList<string> Notes, IReadOnlyList<RowError> Sample)
{
    /// <summary>What became of the quality rules over all rows.</summary>
    public IReadOnlyList<QualityResult> Quality { get; init; } = [];

    /// <summary>Whether the rows keep the contract.</summary>
    public bool Holds => BadRows == 0 && Breaches.Count == 0 && Quality.All(r => r.Holds || r.OnlyTells);

    /// <summary>Reads a source to its end and holds its rows against a contract.</summary>
    public static async Task<AssetAudit> RunAsync(Endpoint endpoint, string? stream, ContractPlan contract, CancellationToken cancellation)
    {
        var widened = new Dictionary<string, DataType>(StringComparer.Ordinal);
        while (true)
        {
            try
            {
                return await RunOnceAsync(endpoint, stream, contract with { Mode = ContractMode.Warn }, widened, cancellation).ConfigureAwait(false);
            }
            catch (SchemaWideningException e) when (!e.To.Equals(widened.GetValueOrDefault(e.Column)))
            {
                widened[e.Column] = e.To;
            }
        }
    }

    private static async Task<AssetAudit> RunOnceAsync(Endpoint endpoint, string? stream, ContractPlan contract, Dictionary<string, DataType> widened, CancellationToken cancellation)
    {
        var notes = new List<string>();
        using var run = new ContractRun(contract);
        ISource source = endpoint.Connector.OpenSource(endpoint.Options, new ConnectorContext { Job = "asset", BaseDirectory = contract.BaseDirectory });
        await using (source.ConfigureAwait(false))
        {
            ColumnPlan columns = ColumnPlan.Of(null, contract.Asset, ContractMode.Warn)!;
            var request = new ReadRequest { Stream = stream, Widened = widened };
            IReadPlan all = await source.PlanAsync(request, cancellation).ConfigureAwait(false);
            await using (all.ConfigureAwait(false))
            {
                columns = ColumnDrift.Settle(contract, columns, all.Schema, all.IsInferred, notes.Add);
            }

            IReadPlan plan = await source.PlanAsync(request with { Columns = columns.Requests() }, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                var shaper = new RowShaper(plan.Schema, columns, stream ?? contract.Asset.Name) { Contract = run };
                shaper.Rules = await run.OpenAsync(shaper.Schema, cancellation).ConfigureAwait(false);
                await run.OpenQualityAsync(shaper.Schema, cancellation).ConfigureAwait(false);
                long rows = 0;
                long bad = 0;
                var sample = new List<RowError>();
                var lanes = new OrderedLanes(plan, shaper, new FailureSpec { Strategy = FailureStrategy.LogAndContinue }, null, Environment.ProcessorCount);
                await foreach (LaneBatch next in lanes.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    using RecordBatch? batch = next.Batch;
                    bad += next.BadRows?.Count ?? 0;
                    sample.AddRange((next.BadRows?.Kept ?? []).Take(SplitErrors.SampleSize - sample.Count));
                    if (batch is not null)
                    {
                        rows += batch.Length;
                        BatchOrigin? origin = next.Origin;
                        run.KeepUnique(batch, FailOnRowError.Instance, ref origin).Dispose();
                        run.Observe(batch);
                    }
                }

                IReadOnlyList<QualityResult> quality = await run.ResultsAsync(cancellation).ConfigureAwait(false);
                return new AssetAudit(rows, bad, run.Breaches, [.. notes, .. run.Skipped], sample) { Quality = quality };
            }
        }
    }
}
