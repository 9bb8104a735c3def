using System.Text.Unicode;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>
/// Records that stand in one array, or one after the other. A bad record is passed over by its brackets.
/// </summary>
internal sealed class DocumentFeed : RecordFeed
{
    private readonly bool _array;
    private readonly DocumentPath _path;
    private State _state;
    private unsafe uint* _token;

    // One past the last byte of the window that has been indexed.
    private int _indexed;

    public DocumentFeed(TextInput input, FileRange range, string file, JsonOptions options, FeedSizes sizes)
        : base(input, range, file, options, sizes)
    {
        _array = options.Layout == JsonLayout.Array;
        _path = new DocumentPath(options.Records, file);
        _state = !_array ? State.Record : range.Start == 0 ? State.Path : State.Behind;
    }

    private enum State
    {
        /// <summary>Before the array.</summary>
        Path,

        /// <summary>Before a record or, right behind the opening bracket, the end of the array.</summary>
        First,

        /// <summary>Before a record.</summary>
        Record,

        /// <summary>Behind a record of an array.</summary>
        Behind,

        /// <summary>Behind the array, where nothing more may stand.</summary>
        After,

        /// <summary>Behind the array, where it does not matter what stands.</summary>
        Done,
    }

    public override async ValueTask<bool> PrepareAsync(RecordSink sink, CancellationToken cancellation)
    {
        while (_state != State.Done)
        {
            if (_indexed < Window.End)
            {
                // What was left is incomplete, so it takes at least twice as much.
                long size = Math.Max(SegmentSize, 2L * (_indexed - Next));
                IndexDocument((int)Math.Min(Next + size, Window.End));
                return true;
            }

            if (Window.IsLast)
            {
                Finish(sink);
                return false;
            }

            if (Window.End - Next > Options.MaxRecordBytes)
            {
                throw JsonErrors.RecordTooLong(PlaceOf((uint)Next), Options.MaxRecordBytes);
            }

            int drop = Next;
            await FillAsync(cancellation).ConfigureAwait(false);
            _indexed -= drop;
        }

        return false;
    }

    public override unsafe bool Decode(RecordSink sink, int rows)
    {
        uint* token = _token;
        bool more = true;
        while (more && sink.Rows < rows && !sink.IsFull)
        {
            more = ToRecord(ref token) && DecodeRecord(sink, ref token);
        }

        _token = token;
        Next = token < Segment.End ? (int)*token : _indexed;
        return more;
    }

    private unsafe void IndexDocument(int end)
    {
        Segment.Index(Window.Pointer, Next, end, Window.End, lines: false);
        _token = Segment.Tokens;
        _indexed = end;
    }

    // Goes on to the first token of a record; false when more text is needed, or none follows.
    private unsafe bool ToRecord(ref uint* token)
    {
        byte* text = Segment.Text;
        if (_state == State.Path)
        {
            if (!_path.TryReach(Segment, ref token))
            {
                return false;
            }

            _state = State.First;
        }

        while (token < Segment.End)
        {
            byte c = text[*token];
            bool closes = _array && c == ']';
            switch (_state)
            {
                case State.Record when _array && c is (byte)',' or (byte)']' or (byte)'}' or (byte)':':
                    throw JsonErrors.NoRecord(PlaceOf(*token), Rest(*token));
                case State.Record:
                case State.First when !closes:
                    return true;
                case State.Behind when c == ',':
                    _state = State.Record;
                    token++;
                    break;
                case State.First or State.Behind when closes:
                    _state = Options.Records is null ? State.After : State.Done;
                    IsDone = true;
                    token++;
                    break;
                case State.Behind:
                    throw JsonErrors.BetweenRecords(PlaceOf(*token), Rest(*token));
                case State.After:
                    throw JsonErrors.AfterArray(PlaceOf(*token), Rest(*token));
                default:
                    return false;
            }
        }

        return false;
    }

    // Decodes or rejects the record at the token and goes behind it; false when it is not complete.
    private unsafe bool DecodeRecord(RecordSink sink, ref uint* token)
    {
        uint* after = sink.Read(token);
        if (after == null && sink.TryPostpone())
        {
            return true;
        }

        uint* end = after != null ? after : FindEnd(token);
        if (end == null)
        {
            sink.Retract();
            return false;
        }

        uint start = *token;
        uint stop = (uint)(start + JsonSyntax.Raw(Segment.Text, token, end).Length);
        bool good = after != null;
        if (good && stop - start > Options.MaxRecordBytes)
        {
            good = false;
            Segment.Fail(JsonFault.TooLong, token);
        }

        if (good && Segment.NeedsUtf8Check && !Utf8.IsValid(Window.Text[(int)start..(int)stop]))
        {
            good = false;
            Segment.Fail(JsonFault.InvalidUtf8, token);
        }

        Records++;
        if (good)
        {
            sink.Accept();
        }
        else
        {
            sink.Reject(token, start, stop, PlaceOf(start));
        }

        token = end;
        _state = _array ? State.Behind : State.Record;
        return true;
    }

    // Where a value ends by its brackets, whatever else stands in it; null when that is not in the segment.
    private unsafe uint* FindEnd(uint* token)
    {
        byte* text = Segment.Text;
        bool all = Window.IsLast && _indexed == Window.End;
        int depth = 0;
        bool isText = text[*token] == '"';
        for (uint* at = token; at < Segment.End; at++)
        {
            byte c = text[*at];
            if ((c | 0x20) == '{')
            {
                depth++;
            }
            else if ((c | 0x20) == '}')
            {
                depth--;
            }

            bool ends = isText ? c == '"' && at > token : depth <= 0;
            if (ends)
            {
                // A word at the end of the text may go on behind it.
                return isText || (c | 0x20) == '}' || at + 1 < Segment.End || all ? at + 1 : null;
            }
        }

        return null;
    }

    private ReadOnlySpan<byte> Rest(uint at) => Window.Text[(int)at..];

    // What is left at the end of the file.
    private void Finish(RecordSink sink)
    {
        ReadOnlySpan<byte> rest = Window.Text[Next..].Trim(" \t\r\n"u8);
        State state = _state;
        _state = State.Done;
        ErrorPlace place = PlaceOf((uint)Next);
        if (state == State.Path)
        {
            throw rest.Length == 0 && Options.Records is null && TextOffset == 0 ? JsonErrors.NotAnArray(place, rest) : _path.Ended();
        }

        bool nothingLeft = Range.Start > 0 && TextOffset == 0 && rest.Length == 0;
        if (state == State.After || nothingLeft)
        {
            return;
        }

        if (_array)
        {
            throw JsonErrors.ArrayNotClosed(place);
        }

        if (rest.Length > 0)
        {
            Records++;
            sink.Reject(JsonErrors.TruncatedCode, "The file ends in the middle of a record.", rest[..Math.Min(rest.Length, RowError.MaxRaw)], place);
        }

        Next = Window.End;
    }
}
