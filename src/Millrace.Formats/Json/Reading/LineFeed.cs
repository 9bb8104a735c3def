using System.Text.Unicode;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Records that stand one a line. A line that is no good is reported, and the next one is read.</summary>
internal sealed class LineFeed(TextInput input, FileRange range, long length, string file, JsonOptions options, FeedSizes sizes)
    : RecordFeed(input, range, file, options, sizes)
{
    private const int Step = 64 << 10;

    private unsafe uint* _token;
    private int _start;
    private bool _last;
    private bool _skipping;

    // A range that ends within the file may end within a line, which belongs to it.
    private readonly bool _cut = range.End < length;

    public override async ValueTask<bool> PrepareAsync(RecordSink sink, CancellationToken cancellation)
    {
        int size = SegmentSize;
        while (!_last)
        {
            if (_cut && Input.Origin + TextOffset >= Range.End)
            {
                // A line that was passed over has led beyond the range.
                _last = true;
                break;
            }

            int end = (int)Math.Min((long)Next + size, Window.End);
            if (_skipping ? SkipLine() : end > Next && IndexLines(end))
            {
                if (!_skipping)
                {
                    return true;
                }

                _skipping = false;
                continue;
            }

            if (!_skipping && end < Window.End)
            {
                size = (int)Math.Min(size * 2L, int.MaxValue / 2);
                continue;
            }

            if (Window.End - Next > Options.MaxRecordBytes && !_skipping)
            {
                ReportTooLong(sink);
            }
            else if (Window.IsLast && !(_cut && Window.Extend(Step)))
            {
                return FinishLine();
            }

            await FillAsync(cancellation).ConfigureAwait(false);
        }

        return false;
    }

    public override unsafe bool Decode(RecordSink sink, int rows)
    {
        byte* text = Segment.Text;
        uint* token = _token;
        uint* end = Segment.End;
        uint limit = (uint)Options.MaxRecordBytes;
        while (token < end && sink.Rows < rows && !sink.IsFull)
        {
            if (text[*token] == '\n')
            {
                token++;
                continue;
            }

            uint* after = sink.Read(token);
            if (after != null && text[*after] == '\n' && *after - *token <= limit && !Segment.NeedsUtf8Check)
            {
                sink.Accept();
                Records++;
                token = after + 1;
                continue;
            }

            token = DecodeCarefully(sink, token, after);
        }

        _token = token;
        Next = token == Segment.Tokens ? _start : Math.Min((int)token[-1] + 1, Window.End);
        return token < end;
    }

    // Where something is wrong with the line, or may be.
    private unsafe uint* DecodeCarefully(RecordSink sink, uint* token, uint* after)
    {
        byte* text = Segment.Text;
        uint* newline = token;
        while (text[*newline] != '\n')
        {
            newline++;
        }

        uint start = token == Segment.Tokens ? (uint)_start : token[-1] + 1;
        uint end = *newline;
        bool good = after == newline;
        if (after == null && sink.TryPostpone())
        {
            return token;
        }

        if (after != null && !good)
        {
            Segment.Fail(JsonFault.Syntax, after);
        }

        if (good && end - start > (uint)Options.MaxRecordBytes)
        {
            good = false;
            Segment.Fail(JsonFault.TooLong, token);
        }

        if (good && Segment.NeedsUtf8Check && !Utf8.IsValid(new ReadOnlySpan<byte>(text + start, (int)(end - start))))
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
            uint stop = end > start && text[end - 1] == '\r' ? end - 1 : end;
            sink.Reject(token, start, stop, PlaceOf(start));
        }

        return newline + 1;
    }

    // Finds the tokens of the complete lines; false when there is none.
    private unsafe bool IndexLines(int end)
    {
        Segment.Index(Window.Pointer, Next, end, Window.End, lines: true);
        uint* last = Segment.End;
        while (last > Segment.Tokens && Window.Pointer[last[-1]] != '\n')
        {
            last--;
        }

        if (last == Segment.Tokens)
        {
            return false;
        }

        if (_cut)
        {
            last = StopAtRangeEnd(last);
        }

        Segment.Cut(last);
        _token = Segment.Tokens;
        _start = Next;
        return true;
    }

    // The line that begins before the end of the range is the last one.
    private unsafe uint* StopAtRangeEnd(uint* last)
    {
        long rangeEnd = Range.End - Input.Origin - Window.Offset;
        if (last[-1] + 1 < rangeEnd)
        {
            return last;
        }

        uint* token = Segment.Tokens;
        while (Window.Pointer[*token] != '\n' || *token + 1 < rangeEnd)
        {
            token++;
        }

        _last = true;
        return token + 1;
    }

    // The last line of a file need not end; false when there is none.
    private unsafe bool FinishLine()
    {
        _last = true;
        if (_skipping || Next == Window.End)
        {
            Next = Window.End;
            return false;
        }

        Segment.Index(Window.Pointer, Next, Window.End, Window.End + 1, lines: true);
        Window.Pointer[Window.End] = (byte)'\n';
        Segment.Append((uint)Window.End);
        _token = Segment.Tokens;
        _start = Next;
        return true;
    }

    private void ReportTooLong(RecordSink sink)
    {
        ReadOnlySpan<byte> raw = Window.Text.Slice(Next, Math.Min(Window.End - Next, RowError.MaxRaw));
        sink.Reject(JsonErrors.RecordTooLongCode, JsonErrors.RecordTooLong(Options.MaxRecordBytes), raw, PlaceOf((uint)Next));
        Records++;
        Next = Window.End;
        _skipping = true;
    }

    // The end of a line that was reported as too long.
    private bool SkipLine()
    {
        int end = Window.Text[Next..].IndexOf((byte)'\n');
        Next = end < 0 ? Window.End : Next + end + 1;
        return end >= 0;
    }
}
