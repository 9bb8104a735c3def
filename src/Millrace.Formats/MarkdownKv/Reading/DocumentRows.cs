using System.Text.Unicode;
using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// The rows of a file of documents as lines of JSON, which the reader of JSON takes from here. Runs forward only and holds
/// one document at a time.
/// </summary>
internal sealed class DocumentRows : IByteSource
{
    private const int WindowSize = 256 << 10;

    private readonly IByteSource _file;
    private readonly MarkdownKvOptions _options;
    private readonly IRowErrorHandler? _errors;
    private readonly ByteBuffer _rows = new();
    private readonly ByteBuffer _unescaped = new();
    private readonly DocumentWalker _walker = new();
    private readonly DocumentEmitter _emitter;
    private readonly DocumentNames _names;
    private readonly long _limit;
    private DocumentFeed? _feed;
    private int _taken;
    private long _offset;

    /// <param name="file">Stays the caller's.</param>
    /// <param name="options">With everything resolved.</param>
    /// <param name="errors">Where bad documents go; null to pass over them.</param>
    /// <param name="limit">Most documents.</param>
    public DocumentRows(IByteSource file, MarkdownKvOptions options, IRowErrorHandler? errors, long limit = long.MaxValue)
    {
        _file = file;
        _options = options;
        _errors = errors;
        _limit = limit;
        _emitter = DocumentEmitter.Create(options, _rows);
        _names = new DocumentNames(file.Name, options);
    }

    public string Name => _file.Name;

    public long Length => long.MaxValue;

    /// <summary>How the file turned out to be encoded and compressed; null before the first read.</summary>
    public TextInput? Input { get; private set; }

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        if (offset != _offset)
        {
            throw new InvalidOperationException("Rows of documents are read forward only.");
        }

        while (_taken == _rows.Length)
        {
            _rows.Truncate();
            _taken = 0;
            _feed ??= await OpenAsync(cancellation).ConfigureAwait(false);
            if (_feed.Count >= _limit || !await _feed.NextAsync(cancellation).ConfigureAwait(false))
            {
                return 0;
            }

            Emit();
        }

        int count = Math.Min(target.Length, _rows.Length - _taken);
        _rows.Written.Slice(_taken, count).CopyTo(target.Span);
        _taken += count;
        _offset += count;
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        _rows.Dispose();
        _unescaped.Dispose();
        _walker.Dispose();
        _emitter.Dispose();
        if (_feed is { } feed)
        {
            _feed = null;
            await feed.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<DocumentFeed> OpenAsync(CancellationToken cancellation)
    {
        Input = await TextInput.OpenAsync(_file, FileRange.Whole(_file.Length), _options.CodecOrNull, _options.EncodingOrNull, cancellation).ConfigureAwait(false);
        return new DocumentFeed(Input, _options.MaxDocumentBytes, WindowSize);
    }

    // Appends the rows of the document, or reports it.
    private void Emit()
    {
        ReadOnlySpan<byte> raw = _feed!.Text;
        if (_feed.LongLength > 0)
        {
            Report(MarkdownKvErrors.TooLongCode, $"The document has {_feed.LongLength} bytes, at most {_options.MaxDocumentBytes} are read.", raw, 0);
            return;
        }

        if (!Utf8.IsValid(raw))
        {
            Report(FormatErrors.InvalidUtf8, "The document is not valid UTF-8.", raw, 0);
            return;
        }

        ReadOnlySpan<byte> text = Unescape(raw);
        _emitter.Begin(_names.Id(_feed), _names.Moment(_feed));
        bool walks = _emitter.NeedsParts || _options.Prose == MarkdownKvProse.Fail;
        int start = _rows.Length;
        if (walks && !_walker.Walk(text, _emitter))
        {
            _rows.Truncate(start);
            Report(MarkdownKvErrors.FrontMatterCode, _walker.Fault, raw, _walker.FaultLine);
            return;
        }

        if (_options.Prose == MarkdownKvProse.Fail && _emitter.HadProse)
        {
            _rows.Truncate(start);
            Report(MarkdownKvErrors.ProseCode, "The document holds text that is no key, heading or comment.", raw, 0);
            return;
        }

        if (_emitter.IsTooLarge)
        {
            _rows.Truncate(start);
            Report(MarkdownKvErrors.TooLongCode, $"The document has more keys than the limit of {_options.MaxKeys}, or they take too much memory with their sections.", raw, 0);
            return;
        }

        _emitter.End(text);
    }

    // Takes one backslash from before lines that would else divide documents.
    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("\\<!-- document"u8) < 0)
        {
            return text;
        }

        _unescaped.Truncate();
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            ReadOnlySpan<byte> line = KvLine.Read(text, at, out at);
            _unescaped.Write(text[(line is [(byte)'\\', ..] && DocumentSeparator.IsEscapable(line) ? start + 1 : start)..at]);
        }

        return _unescaped.Written;
    }

    private void Report(ErrorCode code, string message, ReadOnlySpan<byte> raw, int line)
        => _errors?.OnRowError(new RowError(code, message, ErrorPlace.InFile(_file.Name, _feed!.FirstLine + line), raw.ToArray())
        {
            RawLength = Math.Max(_feed.LongLength, raw.Length),
        });
}
