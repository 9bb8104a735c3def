using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// The watermark up to which a stage has given what is final, kept with its state: what comes for an earlier time is late, also
/// after a restart. All lanes have the same.
/// </summary>
internal sealed class ClosedUpTo(int lane)
{
    private long _saved = StreamTime.None;

    /// <summary>The table of one row that it is kept in.</summary>
    public static StateTable Table { get; } = new("watermark", new Schema([new Field("watermark", DataType.Int64)]), [], []) { IsShared = true };

    /// <summary>Microseconds: <see cref="StreamTime"/>.</summary>
    public long Watermark { get; private set; } = StreamTime.None;

    public void Move(long watermark) => Watermark = Math.Max(Watermark, watermark);

    public void Export(IStateWriter writer, bool full)
    {
        if (lane > 0 || Watermark == StreamTime.None || (Watermark == _saved && !full))
        {
            return;
        }

        using var value = new FixedBuilder<long>(DataType.Int64, 1);
        value.Append(Watermark);
        using var row = new RecordBatch(Table.Schema, 1, [value.Build()]);
        writer.Write(Table.Name, StateChange.Put, row);
        _saved = Watermark;
    }

    public void Import(RecordBatch rows)
    {
        Move(((FixedColumn<long>)rows[0]).Values[0]);
        _saved = Watermark;
    }
}
