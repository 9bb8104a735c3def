using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>An input at work: rows that wait for a round, and how far its time is complete.</summary>
internal sealed class InputRun : IDisposable
{
    private static readonly Schema StateSchema = new([new Field("split", DataType.Utf8), new Field("watermark", DataType.Int64)]);

    private const string SplitsTable = "splits";

    private readonly List<(string? Split, RecordBatch Rows)> _pending = [];
    private readonly RowLane? _watermarks;

    public InputRun(StreamInput input, StreamSettings settings, QueryContext context)
    {
        Input = input;
        if (input.Watermark is { } watermark)
        {
            // A row whose watermark cannot be computed says nothing; whether it is bad the query decides.
            _watermarks = watermark.Open(context with { OnRowFaults = static (_, _) => { } });
            Watermark = new InputWatermark(settings.IdleTimeout is { } idle ? (long)idle.TotalMicroseconds : null, settings.SplitsFollowEachOther);
        }
    }

    public StreamInput Input { get; }

    public string StateId => StateOf(Input).Id;

    /// <summary>Null for a table without.</summary>
    public InputWatermark? Watermark { get; }

    public bool IsAtEnd { get; set; }

    /// <summary>What was pushed since the last round, with its splits.</summary>
    public IReadOnlyList<(string? Split, RecordBatch Rows)> Pending => _pending;

    public long PendingRows { get; private set; }

    /// <summary>What is kept of an input with a watermark.</summary>
    public static StageState StateOf(StreamInput input) => new($"input-{input.Number + 1}", $"Input {input.Table.Name}", [new StateTable(SplitsTable, StateSchema, [], [])]);

    /// <summary>Takes rows, which are borrowed; those of no split say nothing of how far time is complete.</summary>
    public void Push(string? split, RecordBatch rows)
    {
        _pending.Add((split, rows.Share()));
        PendingRows += rows.Length;
        if (Watermark is not null && split is not null)
        {
            Watermark.Advance(split, GreatestWatermark(rows));
        }
    }

    /// <summary>The round has taken what was pending.</summary>
    public void Clear()
    {
        _pending.ForEach(p => p.Rows.Dispose());
        _pending.Clear();
        PendingRows = 0;
    }

    public void Export(IStateSink sink)
    {
        if (Watermark is null)
        {
            return;
        }

        using var splits = new BinaryBuilder(DataType.Utf8);
        using var watermarks = new FixedBuilder<long>(DataType.Int64);
        int rows = 0;
        foreach ((string split, long watermark) in Watermark.Save())
        {
            splits.Append(System.Text.Encoding.UTF8.GetBytes(split));
            watermarks.Append(watermark);
            rows++;
        }

        using var batch = new RecordBatch(StateSchema, rows, [splits.Build(), watermarks.Build()]);
        sink.Write(StateId, SplitsTable, StateChange.Put, batch);
    }

    public void Import(RecordBatch rows)
    {
        Watermark?.Clear();
        var splits = (BinaryColumn)rows[0];
        ReadOnlySpan<long> watermarks = ((FixedColumn<long>)rows[1]).Values;
        for (int row = 0; row < rows.Length; row++)
        {
            Watermark?.Restore(System.Text.Encoding.UTF8.GetString(splits[row]), watermarks[row]);
        }
    }

    public void Dispose()
    {
        Clear();
        _watermarks?.Dispose();
    }

    private long GreatestWatermark(RecordBatch rows)
    {
        using RecordBatch read = rows.Select([.. Input.WatermarkColumns]);
        using RecordBatch? made = _watermarks!.Run(read);
        long greatest = StreamTime.None;
        if (made?[0] is FixedColumn<long> times)
        {
            ReadOnlySpan<long> values = times.Values;
            for (int row = 0; row < values.Length; row++)
            {
                if (!times.IsNull(row))
                {
                    greatest = Math.Max(greatest, StreamTime.FromUnit(values[row], times.Type.Unit));
                }
            }
        }

        return greatest;
    }
}
