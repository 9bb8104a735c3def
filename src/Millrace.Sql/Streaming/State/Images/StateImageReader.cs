using System.Buffers.Binary;
using System.Text.Json;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Reads what <see cref="StateImageWriter"/> wrote. Anything else is an error, never other state. One thread uses it; it owns
/// the stream.
/// </summary>
public sealed class StateImageReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;
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
    public static StateImageReader Open(Stream stream, long length, string name)
    {
        var reader = new StateImageReader(stream, length, name);
        try
        {
            reader.ReadHead();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The next piece, whose rows the caller disposes; null at the end.</summary>
    public StateRecord? Next()
    {
        if (_ended)
        {
            return null;
        }

        ReadOnlySpan<byte> body = ReadBlock();
        try
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
        catch (Exception e) when (e is ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw Damaged("rows that do not fit their table");
        }
    }

    public void Dispose() => _stream.Dispose();

    private void ReadHead()
    {
        Span<byte> magic = stackalloc byte[StateImage.MagicBytes];
        Fill(magic);
        if (!magic[..^1].SequenceEqual(StateImage.Magic[..^1]))
        {
            throw Damaged("no saved state at all");
        }

        if (magic[^1] != StateImage.Magic[^1])
        {
            throw StreamErrors.DamagedState($"{_name} has version {magic[^1]} of saved state, and this program reads version {StateImage.Magic[^1]}.");
        }

        ReadOnlySpan<byte> body = ReadBlock();
        if (body[0] != StateImage.Manifest)
        {
            throw Damaged("no manifest");
        }

        try
        {
            Manifest = StateManifest.FromBytes(body[1..]);
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

    private ReadOnlySpan<byte> ReadBlock()
    {
        Span<byte> header = stackalloc byte[StateImage.BlockHeaderBytes];
        Fill(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length <= 0 || length > _left)
        {
            throw Damaged("a block that goes beyond its end");
        }

        if (_body.Length < length)
        {
            _body = new byte[length];
        }

        Span<byte> body = _body.AsSpan(0, length);
        Fill(body);
        return Checksum.Of(0, body) == BinaryPrimitives.ReadUInt64LittleEndian(header[4..]) ? body : throw Damaged("a block whose checksum is wrong");
    }

    private void Fill(Span<byte> target)
    {
        if (target.Length > _left)
        {
            throw Damaged("no proper end");
        }

        try
        {
            _stream.ReadExactly(target);
        }
        catch (EndOfStreamException)
        {
            throw Damaged("no proper end");
        }

        _left -= target.Length;
    }

    private MillraceException Damaged(string what) => StreamErrors.DamagedState($"{_name} is damaged: it has {what}.");
}
