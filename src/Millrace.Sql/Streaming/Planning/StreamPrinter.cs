using System.Globalization;
using System.Text;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A plan of stages as text: a line a stage, indented by its depth, with what it gives, how its input is dealt to lanes, and
/// what it keeps; then what the user should know.
/// </summary>
public static class StreamPrinter
{
    /// <param name="plan">The plan.</param>
    /// <param name="status">What its stages did and keep, for <c>EXPLAIN ANALYZE</c>; null for a plan that has not run.</param>
    public static string Print(StreamPlan plan, StreamStatus? status = null)
    {
        var text = new StringBuilder();
        Print(plan, plan.Root, Exchange.Keep, 0, status, text);
        foreach (string warning in plan.Warnings)
        {
            text.Append("warning: ").Append(warning).Append('\n');
        }

        return text.ToString();
    }

    private static void Print(StreamPlan plan, StagePlan stage, Exchange exchange, int depth, StreamStatus? status, StringBuilder text)
    {
        int number = plan.Stages.Select((s, i) => (s, i)).First(s => ReferenceEquals(s.s, stage)).i;
        text.Append(' ', depth * 2).Append(stage.Name);
        if (stage.Details.Length > 0)
        {
            text.Append(' ').Append(stage.Details);
        }

        text.Append(stage.IsChanges ? "  gives changes" : "  gives rows");
        if (exchange.Kind != ExchangeKind.Keep)
        {
            text.Append(exchange.Kind == ExchangeKind.Single ? ", to one lane" : $", to lanes by {string.Join(", ", exchange.Keys.Select(k => stage.Schema[k].Name))}");
        }

        if (plan.States[number] is { } state)
        {
            text.Append("; keeps ").Append(string.Join(", ", state.Tables.Select(Describe))).Append(" as ").Append(state.Id);
            text.Append(stage.GrowsWithInput ? ", which grows with the input" : "");
        }

        if (status?.Stages[number] is { } done)
        {
            text.Append(CultureInfo.InvariantCulture, $"  ({SizeText.Count(done.Rows, "row", "rows")} given, {SizeText.Time(done.Time)}, {SizeText.Bytes(done.PeakBytes)}");
            text.Append(plan.States[number] is null ? "" : $", {SizeText.Count(done.State.Rows, "row", "rows")} and {SizeText.Bytes(done.State.Bytes)} kept");
            text.Append(done.LateRows > 0 ? string.Create(CultureInfo.InvariantCulture, $", {done.LateRows} late") : "");
            text.Append(done.ExpiredRows > 0 ? string.Create(CultureInfo.InvariantCulture, $", {done.ExpiredRows} expired") : "").Append(')');
        }

        text.Append('\n');
        foreach (StageInput input in stage.Inputs)
        {
            Print(plan, input.Stage, input.Exchange, depth + 1, status, text);
        }
    }

    private static string Describe(StateTable table)
        => table.Keys.Count == 0 ? table.Name : $"{table.Name} by {string.Join(", ", table.Keys.Select(k => table.Schema[k].Name))}";
}
