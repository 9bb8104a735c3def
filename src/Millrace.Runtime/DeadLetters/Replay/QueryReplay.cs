using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Finds the table that a letter of a query is of, and makes rows of it again: of the bytes of the table's source, or of the
/// row as it was when the query had read it. One thread uses it.
/// </summary>
internal sealed class QueryReplay(BoundStream bound, ReplayGroups groups) : IAsyncDisposable
{
    private readonly Dictionary<(ReplayGroup Group, StreamTable Table), HashSet<ReplayOrigin>> _origins = [];
    private readonly Dictionary<(ReplayGroup Group, StreamTable Table), (IReplayPlan Plan, LetterDecoder Decoder)> _decoders = [];

    /// <summary>Whether a letter is a row that came after its window was closed. It would be late again.</summary>
    public static bool IsLate(DeadLetter letter) => letter.Code == StreamingErrors.LateRow.Id;

    /// <summary>Learns of a letter, before the first one is decoded.</summary>
    public void Add(DeadLetter letter)
    {
        if (GroupOf(letter) is { } group && TableOf(letter) is { } table)
        {
            ReplayOrigin origin = groups.OriginOf(letter);
            (_origins.TryGetValue((group, table), out HashSet<ReplayOrigin>? origins) ? origins : _origins[(group, table)] = []).Add(letter.Form == RawForm.Source ? origin : new ReplayOrigin(null, origin.Context));
        }
    }

    /// <summary>The rows of a letter, which the caller owns, and their table; or why there are none.</summary>
    /// <param name="letter">The letter, with the bytes that are to be read.</param>
    /// <param name="known">The letter as it was set aside.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<(StreamTable? Table, RecordBatch? Rows, RowError? Fault)> DecodeAsync(DeadLetter letter, DeadLetter known, CancellationToken cancellation)
    {
        if (TableOf(known) is not { } table || GroupOf(known) is not { } group)
        {
            string what = known.Form == RawForm.Json ? "The row was set aside within the query, where it was no row of a table any more." : "The letter does not tell which table its row is of.";
            return (null, null, new RowError(DeadLetterErrors.NotOfATable, what, known.Place, known.Raw) { Stage = known.Stage });
        }

        if (!_decoders.TryGetValue((group, table), out (IReplayPlan Plan, LetterDecoder Decoder) made))
        {
            IReplayPlan plan = await PlanAsync(group, table, QueryFaults.TableOf(known) is not null, cancellation).ConfigureAwait(false);
            _decoders[(group, table)] = made = (plan, new LetterDecoder(plan, QueryFaults.TableOf(known) is null ? table.Shaper(plan.Schema) : table.InputShaper(plan.Schema), groups));
        }

        (RecordBatch? rows, RowError? fault) = await made.Decoder.DecodeAsync(letter, cancellation).ConfigureAwait(false);
        return (table, rows, fault);
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((IReplayPlan plan, _) in _decoders.Values)
        {
            await plan.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<IReplayPlan> PlanAsync(ReplayGroup group, StreamTable table, bool wasRead, CancellationToken cancellation)
    {
        if (group.Columns is { } columns)
        {
            var plan = JsonRowPlan.Of(columns, new ErrorPlace { Stream = table.Name });
            return wasRead ? new JsonRowPlan(table.WithInputColumns(plan.Schema)) : plan;
        }

        return table.Source is IReplaySource source
            ? await source.PlanReplayAsync(table.Request(new ReadRequest()), _origins[(group, table)], cancellation).ConfigureAwait(false)
            : throw DeadLetterErrors.CannotReplay.Error($"The source of '{table.Name}' cannot decode single rows again.");
    }

    private ReplayGroup? GroupOf(DeadLetter letter) => groups.All.FirstOrDefault(g => groups.IsOf(letter, g));

    private StreamTable? TableOf(DeadLetter letter)
    {
        string? name = QueryFaults.TableOf(letter) ?? letter.Place.Stream;
        return bound.Tables.FirstOrDefault(t => t.Name == name);
    }
}
