using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// How far a file was read, and which file that was. Rows are counted from the start of a range, since not every format can
/// be entered at any row: going on means reading the range again, as it was cut then, and dropping the rows that are done.
/// </summary>
/// <param name="Size">Bytes of the file that count: all but those held back.</param>
/// <param name="Modified">Its time.</param>
/// <param name="Fingerprint">Hash of its content, if one was taken.</param>
/// <param name="Start">Byte from which the rest is read; the file's size when nothing is left.</param>
/// <param name="Rows">Good rows behind <paramref name="Start"/> that are done.</param>
/// <param name="Held">Bytes of a last row that was not complete, which come after <paramref name="Size"/>.</param>
/// <param name="HoldsLines">Whether they have line ends. Then they are waited for only until the file has settled.</param>
/// <param name="End">Where the range ended in which the rows are counted; null where none are.</param>
internal sealed record FileMark(long Size, DateTimeOffset Modified, string? Fingerprint, long Start, long Rows, long Held = 0, bool HoldsLines = false, long? End = null)
{
    private const int Version = 1;

    public Position ToPosition()
    {
        var json = new JsonObject
        {
            ["v"] = Version,
            ["size"] = Size,
            ["modified"] = Modified.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["start"] = Start,
            ["rows"] = Rows,
        };
        if (End is { } end)
        {
            json["end"] = end;
        }

        if (Held > 0)
        {
            json["held"] = Held;
        }

        if (HoldsLines)
        {
            json["lines"] = true;
        }

        if (Fingerprint is not null)
        {
            json["fingerprint"] = Fingerprint;
        }

        return new Position(json);
    }

    /// <summary>Reads a position; null for one that this source did not write.</summary>
    public static FileMark? From(Position? position)
    {
        if (position is null)
        {
            return null;
        }

        try
        {
            return Read(position.Utf8);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    // Every look at a followed folder reads those of all its files, so no objects are made of them.
    private static FileMark? Read(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        long version = 0;
        long? size = null;
        long? start = null;
        long? rows = null;
        long? end = null;
        long held = 0;
        bool lines = false;
        DateTimeOffset? modified = null;
        string? fingerprint = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("v"u8))
            {
                version = Number(ref json);
            }
            else if (json.ValueTextEquals("size"u8))
            {
                size = Number(ref json);
            }
            else if (json.ValueTextEquals("start"u8))
            {
                start = Number(ref json);
            }
            else if (json.ValueTextEquals("rows"u8))
            {
                rows = Number(ref json);
            }
            else if (json.ValueTextEquals("end"u8))
            {
                end = Number(ref json);
            }
            else if (json.ValueTextEquals("held"u8))
            {
                held = Number(ref json);
            }
            else if (json.ValueTextEquals("lines"u8))
            {
                json.Read();
                lines = json.GetBoolean();
            }
            else if (json.ValueTextEquals("modified"u8))
            {
                json.Read();
                modified = json.GetDateTimeOffset();
            }
            else if (json.ValueTextEquals("fingerprint"u8))
            {
                json.Read();
                fingerprint = json.GetString();
            }
            else
            {
                json.Skip();
            }
        }

        return version == Version && size is { } s && modified is { } m && start is { } b && rows is { } r
            ? new FileMark(s, m, fingerprint, b, r, held, lines, end)
            : null;
    }

    private static long Number(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetInt64();
    }

    /// <summary>Whether a file looks untouched since.</summary>
    public bool IsOf(FileEntry file) => file.Size == Size + Held && file.Info.Modified.UtcDateTime == Modified.UtcDateTime;
}
