using System.Text;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The page of metrics and log events, from <see cref="Metrics"/> and <see cref="RunLog"/>.</summary>
public static class MetricReference
{
    public static string ToMarkdown()
    {
        var text = new StringBuilder(
            $"# Metrics, spans and log events\n\nGenerated from the code. All metrics belong to the meter `{Metrics.Source}`. How to get at them: "
            + "[observability](../guides/observability.md).\n\n## Metrics\n\n| name | instrument | unit | what | tags |\n|---|---|---|---|---|\n");
        foreach (MetricInfo metric in Metrics.All)
        {
            string tags = metric.Tags.Length == 0 ? "–" : string.Join(", ", metric.Tags.Select(t => $"`{t}`"));
            text.Append($"| `{metric.Name}` | {OptionInfo.SnakeCase(metric.Kind.ToString()).Replace('_', '-')} | `{metric.Unit}` | {metric.Description} | {tags} |\n");
        }

        text.Append($"\n## Spans\n\nOf the source `{Metrics.Source}`, each below the one before it. All have the tags `job`, `tenant` and `run`; one that failed has the status error and the code as `{Metrics.ErrorType}`.\n\n");
        text.Append("| span | what | further tags |\n|---|---|---|\n");
        text.Append($"| `{RunTrace.RunSpan}` | a run from its start to its end | `outcome`, `rows`, `bad_rows`, `epochs` |\n");
        text.Append($"| `{RunTrace.AttemptSpan}` | an attempt: from recovering to its end or its error | `attempt` |\n");
        text.Append($"| `{RunTrace.ReplaySpan}` | a replay of dead letters; its epochs stand right below it | `outcome`, `rows`, `replayed`, `failed`, `epochs` |\n");
        text.Append($"| `{RunTrace.EpochSpan}` | an epoch from its first row until it is committed or given up | `epoch`, `rows`, `bad_rows`, `aborted` |\n");
        text.Append("\n## Log events\n\n| number | event | level | message | fields |\n|---|---|---|---|---|\n");
        foreach (LogEvent e in LogEvent.All())
        {
            text.Append($"| {e.Number} | `{e.Name}` | {e.Level} | {e.Message} | {string.Join(", ", e.Fields.Select(f => $"`{f}`"))} |\n");
        }

        return text.ToString();
    }
}
