using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>How much text is held and indexed at once.</summary>
/// <param name="Window">Bytes of text that are held, unless a record is longer.</param>
/// <param name="Segment">Bytes that are indexed at once, unless a record is longer: text and tokens stay in the processor's cache.</param>
/// <param name="Vectors">Which implementation of the scanner runs.</param>
internal sealed record FeedSizes(int Window, int Segment, VectorWidth Vectors)
{
    public static FeedSizes Default { get; } = new(512 << 10, 64 << 10, VectorWidths.Default);
}

/// <summary>
/// Brings the text of a range into memory, finds its tokens and hands complete records to a sink. One subclass for each
/// way in which records stand in a file.
/// </summary>
internal abstract class RecordFeed : IAsyncDisposable
{
    private readonly string _file;
    private long _linesBefore;

    protected RecordFeed(TextInput input, FileRange range, string file, JsonOptions options, FeedSizes sizes)
    {
        Input = input;
        Range = range.Start == 0 ? range with { FirstLine = 1 } : range;
        _file = file;
        Options = options;
        SegmentSize = sizes.Segment;
        Window = new TextWindow(input, sizes.Window, Math.Max(sizes.Window, options.MaxRecordBytes + sizes.Segment + TextInput.MinRead));
        Segment = new JsonSegment(sizes.Vectors, options.MaxDepth);
    }

    public JsonSegment Segment { get; }

    /// <summary>Records passed, bad ones included.</summary>
    public long Records { get; protected set; }

    /// <summary>Bytes of text before the next record.</summary>
    public long TextOffset => Window.Offset + Next;

    /// <summary>Where the next record is to be read, in the file where the text's bytes are the file's.</summary>
    public long Position => IsDone || (!Input.IsDirect && Window.IsLast && Next == Window.End) ? Range.End
        : Input.IsDirect ? Input.Origin + TextOffset : Range.Start;

    protected TextInput Input { get; }

    protected FileRange Range { get; }

    protected TextWindow Window { get; }

    /// <summary>No record follows, whatever else stands in the file.</summary>
    protected bool IsDone { get; set; }

    protected JsonOptions Options { get; }

    /// <summary>Bytes to index at once.</summary>
    protected int SegmentSize { get; }

    /// <summary>First byte of the window that was not decoded yet.</summary>
    protected int Next { get; set; }

    /// <summary>Opens the feed for the layout of the options. Takes over the input.</summary>
    public static RecordFeed Open(TextInput input, IByteSource source, FileRange range, JsonOptions options, FeedSizes sizes)
        => options.Layout switch
        {
            JsonLayout.Lines or JsonLayout.Auto => new LineFeed(input, range, source.Length, source.Name, options, sizes),
            _ => new DocumentFeed(input, range, source.Name, options, sizes),
        };

    /// <summary>Brings at least one complete record into the segment; false at the end of the range.</summary>
    public abstract ValueTask<bool> PrepareAsync(RecordSink sink, CancellationToken cancellation);

    /// <summary>Decodes records of the segment until it is used up or the sink holds so many rows; false when it is used up.</summary>
    public abstract bool Decode(RecordSink sink, int rows);

    public ValueTask DisposeAsync()
    {
        Segment.Dispose();
        Window.Dispose();
        return Input.DisposeAsync();
    }

    /// <summary>Drops what was decoded and reads on; false when nothing was added.</summary>
    protected async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (Range.FirstLine > 0)
        {
            _linesBefore += Window.Text[..Next].Count((byte)'\n');
        }

        int drop = Next;
        Next = 0;
        return await Window.FillAsync(drop, cancellation).ConfigureAwait(false);
    }

    /// <summary>The place of a byte of the window.</summary>
    protected ErrorPlace PlaceOf(uint at) => new()
    {
        File = _file,
        Line = Range.FirstLine > 0 ? Range.FirstLine + _linesBefore + Window.Text[..(int)Math.Min(at, Window.End)].Count((byte)'\n') : null,
        Offset = Input.IsDirect ? Input.Origin + Window.Offset + at : null,
    };
}
