using Millrace.Formats.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Cuts a text into documents at the lines between them. Holds one document at a time; one thread uses it.</summary>
internal sealed class DocumentFeed(TextInput input, int limit, int windowSize) : IAsyncDisposable
{
    // What is kept of a document that is too long; also the longest line between documents.
    private const int KeptOfLong = 64 << 10;

    private readonly TextWindow _window = new(input, windowSize, Math.Max(windowSize, limit + KeptOfLong));
    private int _start;
    private int _end;
    private int _scan;
    private bool _midLine;
    private long _line = 1;
    private bool _isAnnounced;
    private bool _atEnd;
    private byte[] _nextId = [];
    private byte[] _nextMoment = [];
    private byte[] _beginning = [];

    /// <summary>The document, until the next call; of one that is too long the beginning.</summary>
    public ReadOnlySpan<byte> Text => LongLength > 0 ? _beginning : _window.Text[_start.._end];

    /// <summary>JSON string of the id that the line before the document tells; empty if it tells none.</summary>
    public byte[] Id { get; private set; } = [];

    /// <summary>Text of the moment that the line before the document tells; empty if it tells none.</summary>
    public byte[] Moment { get; private set; } = [];

    /// <summary>Documents found so far.</summary>
    public long Count { get; private set; }

    /// <summary>Line of the document's first byte, from 1.</summary>
    public long FirstLine { get; private set; }

    /// <summary>Bytes of the document if it is too long; 0 otherwise.</summary>
    public long LongLength { get; private set; }

    /// <summary>Finds the next document; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        while (!_atEnd)
        {
            bool isAnnounced = _isAnnounced;
            Id = _nextId;
            Moment = _nextMoment;
            FirstLine = _line;
            await FindEndAsync(cancellation).ConfigureAwait(false);

            // Blank text before the first document is none.
            if (isAnnounced || LongLength > 0 || Text.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
            {
                Count++;
                return true;
            }
        }

        return false;
    }

    public ValueTask DisposeAsync()
    {
        _window.Dispose();
        return input.DisposeAsync();
    }

    private async ValueTask FindEndAsync(CancellationToken cancellation)
    {
        _start = _scan;
        LongLength = 0;
        long dropped = 0;
        while (!ScanLines())
        {
            if (_window.IsLast)
            {
                _end = _scan = _window.End;
                _atEnd = true;
                _isAnnounced = false;
                break;
            }

            if (_window.End - _start > limit)
            {
                _beginning = dropped > 0 ? _beginning : _window.Text.Slice(_start, Math.Min(KeptOfLong, _window.End - _start)).ToArray();
                if (_window.End - _scan > KeptOfLong)
                {
                    _midLine = true;
                    _scan = _window.End;
                }

                dropped += _scan - _start;
                _start = _scan;
            }

            int drop = _start;
            _start = 0;
            _scan -= drop;
            await _window.FillAsync(drop, cancellation).ConfigureAwait(false);
        }

        if (dropped > 0 || _end - _start > limit)
        {
            _beginning = dropped > 0 ? _beginning : _window.Text.Slice(_start, Math.Min(KeptOfLong, _end - _start)).ToArray();
            LongLength = dropped + _end - _start;
        }
    }

    // Passes complete lines; true behind a line between documents.
    private bool ScanLines()
    {
        ReadOnlySpan<byte> text = _window.Text;
        while (_scan < text.Length)
        {
            int length = text[_scan..].IndexOf((byte)'\n');
            if (length < 0 && !_window.IsLast)
            {
                return false;
            }

            ReadOnlySpan<byte> line = length < 0 ? text[_scan..] : text.Slice(_scan, length);
            int next = length < 0 ? text.Length : _scan + length + 1;
            bool separates = !_midLine && DocumentSeparator.TryParse(line, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> moment) && Announce(id, moment);
            _midLine = false;
            _line += length < 0 ? 0 : 1;
            if (separates)
            {
                // The line end before the line belongs to it.
                _end = _scan > _start && text[_scan - 1] == '\n' ? _scan - 1 : _scan;
                _scan = next;
                return true;
            }

            _scan = next;
        }

        return false;
    }

    private bool Announce(ReadOnlySpan<byte> id, ReadOnlySpan<byte> moment)
    {
        _nextId = id.ToArray();
        _nextMoment = moment.ToArray();
        return _isAnnounced = true;
    }
}
