using Millrace.Runtime.Contracts;
using Millrace.Runtime.Governance;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Checks that a pipeline can run, without moving a row.</summary>
public static class PipelineCheck
{
    /// <summary>Checks source and sink, that the wanted columns exist, and says what the job promises.</summary>
    public static async Task<CheckReport> RunAsync(Pipeline pipeline, CancellationToken cancellation)
    {
        ConnectorContext context = pipeline.Context(static _ => { });
        var findings = new List<CheckFinding>();
        bool canReplay;
        ISource source = pipeline.OpenSource(context);
        await using (source.ConfigureAwait(false))
        {
            CheckReport report = await source.CheckAsync(cancellation).ConfigureAwait(false);
            canReplay = source.CanReplay;
            findings.AddRange(report.Findings);
            if (report.Ok)
            {
                var request = new ReadRequest { Stream = pipeline.Stream, Columns = pipeline.Columns?.Requests(), Mode = pipeline.ReadMode, Cursor = pipeline.Cursor };
                CheckReport read = await source.CheckReadAsync(request, cancellation).ConfigureAwait(false);
                findings.AddRange(read.Findings);
                if (read.Ok)
                {
                    findings.AddRange(await CheckColumnsAsync(pipeline, source, request, cancellation).ConfigureAwait(false));
                }
            }
        }

        ISink sink = pipeline.Sink.Connector.OpenSink(pipeline.Sink.Options, context);
        await using (sink.ConfigureAwait(false))
        {
            findings.AddRange((await sink.CheckAsync(cancellation).ConfigureAwait(false)).Findings);
            JobGuarantee guarantee = JobGuarantee.Of(canReplay, sink);
            findings.Add(CheckFinding.Pass("guarantee", $"{guarantee.Words}. {guarantee.Reason}"));
        }

        return new CheckReport(findings);
    }

    /// <summary>Checks a source alone.</summary>
    public static async Task<CheckReport> SourceAsync(Endpoint endpoint, string baseDirectory, CancellationToken cancellation)
    {
        ISource source = endpoint.Connector.OpenSource(endpoint.Options, new ConnectorContext { Job = "check", BaseDirectory = baseDirectory });
        await using (source.ConfigureAwait(false))
        {
            CheckReport report = await source.CheckAsync(cancellation).ConfigureAwait(false);
            return endpoint.Settings.Mode is { } mode && report.Ok && endpoint.Streams is null
                ? new CheckReport([.. report.Findings, .. (await source.CheckReadAsync(new ReadRequest { Mode = mode, Cursor = endpoint.Settings.Cursor }, cancellation).ConfigureAwait(false)).Findings])
                : report;
        }
    }

    private static async Task<IReadOnlyList<CheckFinding>> CheckColumnsAsync(Pipeline pipeline, ISource source, ReadRequest request, CancellationToken cancellation)
    {
        const string subject = "columns";
        try
        {
            IReadPlan plan = await source.PlanAsync(request, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                var shaper = new RowShaper(plan.Schema, pipeline.Columns, pipeline.Stream ?? pipeline.Job);
                using ContractRun? contract = pipeline.Contract is { } asked ? new ContractRun(asked) : null;
                if (contract is not null)
                {
                    await contract.OpenAsync(shaper.Schema, cancellation).ConfigureAwait(false);
                    await contract.OpenQualityAsync(shaper.Schema, cancellation).ConfigureAwait(false);
                }

                CheckFinding columns = CheckFinding.Pass(subject, shaper.Schema.ToString());
                IReadOnlyList<ResolvedTag> tags = pipeline.Tags.Resolve(shaper.Schema);
                return tags.Count == 0 ? [columns] : [columns, CheckFinding.Pass("tags", Shown(tags))];
            }
        }
        catch (MillraceException e)
        {
            return [CheckFinding.Fail(subject, e)];
        }
    }

    private static string Shown(IReadOnlyList<ResolvedTag> tags)
        => string.Join(", ", tags.Select(t => $"{t.Name} = {t.Value} ({OptionInfo.SnakeCase(t.Level.ToString())})"));
}
