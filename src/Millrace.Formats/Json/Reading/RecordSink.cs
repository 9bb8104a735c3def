namespace Millrace.Formats.Json;

/// <summary>Takes the records that a <see cref="RecordFeed"/> finds.</summary>
internal abstract unsafe class RecordSink(JsonSegment segment)
{
    public JsonSegment Segment => segment;

    /// <summary>Records accepted and not yet taken out.</summary>
    public int Rows { get; protected set; }

    /// <summary>The batch can take no more, though it may hold few rows.</summary>
    public bool IsFull { get; protected set; }

    /// <summary>Reads the record that begins at a token and returns the token behind it, or null after a fault.</summary>
    public abstract uint* Read(uint* token);

    /// <summary>The record read last is complete.</summary>
    public void Accept() => Rows++;

    /// <summary>The record read last was not complete; takes back what it left.</summary>
    public abstract void Retract();

    /// <summary>Whether the record read last failed only because of those before it; then it is taken back and comes again in the next batch.</summary>
    public bool TryPostpone()
    {
        if (segment.Fault != JsonFault.TooLarge || Rows == 0)
        {
            return false;
        }

        Retract();
        IsFull = true;
        return true;
    }

    /// <summary>The record read last is no good; takes back what it left. The segment says what is wrong with it.</summary>
    /// <param name="token">First token of the record.</param>
    /// <param name="start">Where the record begins in the text.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="place">The same in the file.</param>
    public abstract void Reject(uint* token, uint start, uint end, ErrorPlace place);

    /// <summary>A record that was not read at all.</summary>
    public abstract void Reject(ErrorCode code, string message, ReadOnlySpan<byte> raw, ErrorPlace place);
}
