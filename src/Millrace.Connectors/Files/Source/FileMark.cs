using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// How far a file was read, and which file that was. Rows are counted from the start of a range, since not every format can
/// be entered at any row: going on means reading the range again and dropping the rows that are done.
/// </summary>
/// <param name="Size">Bytes of the file that count: all but those held back.</param>
/// <param name="Modified">Its time.</param>
/// <param name="Fingerprint">Hash of its content, if one was taken.</param>
/// <param name="Start">Byte from which the rest is read; the file's size when nothing is left.</param>
/// <param name="Rows">Good rows behind <paramref name="Start"/> that are done.</param>
/// <param name="Held">Bytes of a last line that was not complete, which come after <paramref name="Size"/>.</param>
internal sealed record FileMark(long Size, DateTimeOffset Modified, string? Fingerprint, long Start, long Rows, long Held = 0)
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
        if (Held > 0)
        {
            json["held"] = Held;
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
        JsonObject? json = position?.Value;
        if (json is null || (int?)json["v"] != Version)
        {
            return null;
        }

        try
        {
            return new FileMark(
                (long)json["size"]!,
                DateTimeOffset.Parse((string)json["modified"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                (string?)json["fingerprint"],
                (long)json["start"]!,
                (long)json["rows"]!,
                (long?)json["held"] ?? 0);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentNullException)
        {
            return null;
        }
    }

    /// <summary>Whether a file looks untouched since.</summary>
    public bool IsOf(FileEntry file) => file.Size == Size + Held && file.Info.Modified.UtcDateTime == Modified.UtcDateTime;
}
