using System.Buffers.Binary;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Reads what <see cref="StateImageWriter"/> wrote. Anything else is an error, never other state. One thread uses it; it owns
/// the stream.
/// </summary>
public sealed class StateImageReader : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte[] _header = new byte[StateImage.BlockHeaderBytes];
    private byte[] _body = [];
    private long _left;
    private long _blocks;
    private bool _ended;

    private StateImageReader(Stream stream, long length, string name) => (_stream, _left, _name) = (stream, length, name);

    public StateManifest Manifest { get; private set; } = new([]);

    /// <summary>Opens state.</summary>
    /// <param name="stream">The bytes, which the reader takes over.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="name">Of the file, for messages.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask<StateImageReader> OpenAsync(Stream stream, long length, string name, CancellationToken cancellation)
    {
        var reader = new StateImageReader(stream, length, name);
        try
        {
            await reader.ReadHeadAsync(cancellation).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The next piece, whose rows the caller disposes; null at the end.</summary>
    public async ValueTask<StateRecord?> NextAsync(CancellationToken cancellation)
    {
        if (_ended)
        {
            return null;
        }

        int length = await ReadBlockAsync(cancellation).ConfigureAwait(false);
        try
        {
            return Decode(_body.AsSpan(0, length));
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw Damaged("rows that do not fit their table");
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private StateRecord? Decode(ReadOnlySpan<byte> body)
    {
        switch (body[0])
        {
            case StateImage.Rows:
                _blocks++;
                return ReadRows(body);
            case StateImage.End when BinaryPrimitives.ReadInt64LittleEndian(body[1..]) == _blocks && _left == 0:
                _ended = true;
                return null;
            default:
                throw Damaged("a block that does not belong there");
        }
    }

    private async ValueTask ReadHeadAsync(CancellationToken cancellation)
    {
        var magic = new byte[StateImage.MagicBytes];
        await FillAsync(magic, cancellation).ConfigureAwait(false);
        if (!magic.AsSpan()[..^1].SequenceEqual(StateImage.Magic[..^1]))
        {
            throw Damaged("no saved state at all");
        }

        if (magic[^1] != StateImage.Magic[^1])
        {
            throw StreamErrors.DamagedState($"{_name} has version {magic[^1]} of saved state, and this program reads version {StateImage.Magic[^1]}.");
        }

        int length = await ReadBlockAsync(cancellation).ConfigureAwait(false);
        if (_body[0] != StateImage.Manifest)
        {
            throw Damaged("no manifest");
        }

        try
        {
            Manifest = StateManifest.FromBytes(_body.AsSpan(1, length - 1));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw Damaged("a manifest that cannot be read");
        }
    }

    private StateRecord ReadRows(ReadOnlySpan<byte> body)
    {
        StageState part = Manifest.Parts[BinaryPrimitives.ReadUInt16LittleEndian(body[1..])];
        StateTable table = part.Tables[BinaryPrimitives.ReadUInt16LittleEndian(body[3..])];
        var change = (StateChange)body[5];
        int rows = BinaryPrimitives.ReadInt32LittleEndian(body[6..]);
        if (change > StateChange.Add || rows is <= 0 or > StateImage.BlockRows)
        {
            throw Damaged("a block with impossible figures");
        }

        return new StateRecord(part.Id, table.Name, change, SpillColumns.ReadBatch(part.SchemaOf(table.Name, change), rows, body[StateImage.RowsHeaderBytes..]));
    }

    // The length of the block, whose bytes stand at the start of the buffer.
    private async ValueTask<int> ReadBlockAsync(CancellationToken cancellation)
    {
        await FillAsync(_header, cancellation).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(_header);
        if (length <= 0 || length > _left)
        {
            throw Damaged("a block that goes beyond its end");
        }

        if (_body.Length < length)
        {
            _body = new byte[length];
        }

        await FillAsync(_body.AsMemory(0, length), cancellation).ConfigureAwait(false);
        return Checksum.Of(0, _body.AsSpan(0, length)) == BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(4)) ? length : throw Damaged("a block whose checksum is wrong");
    }

    private async ValueTask FillAsync(Memory<byte> target, CancellationToken cancellation)
    {
        if (target.Length > _left)
        {
            throw Damaged("no proper end");
        }

        try
        {
            await _stream.ReadExactlyAsync(target, cancellation).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw Damaged("no proper end");
        }

        _left -= target.Length;
    }

    private MillraceException Damaged(string what) => StreamErrors.DamagedState($"{_name} is damaged: it has {what}.");
}
