using System.Text;

namespace Millrace.Connectors.Iceberg;

/// <summary>Shortens bounds of texts and bytes so that they still hold: the least value downwards, the greatest upwards.</summary>
internal static class BoundTruncation
{
    /// <summary>Characters or bytes that other writers keep, too.</summary>
    public const int Width = 16;

    public static byte[] Lower(byte[] value, bool isText, int width = Width)
        => isText ? TransformColumn.FirstCharacters(value, width).ToArray() : value.Length <= width ? value : value[..width];

    /// <summary>Null when nothing short is above the value.</summary>
    public static byte[]? Upper(byte[] value, bool isText, int width = Width)
    {
        byte[] prefix = Lower(value, isText, width);
        return prefix.Length == value.Length ? value : isText ? NextText(prefix) : NextBytes(prefix);
    }

    private static byte[]? NextBytes(byte[] prefix)
    {
        int last = prefix.AsSpan().LastIndexOfAnyExcept((byte)0xFF);
        if (last < 0)
        {
            return null;
        }

        byte[] next = prefix[..(last + 1)];
        next[last]++;
        return next;
    }

    // The last character that has a next one is raised, and what follows it is left out.
    private static byte[]? NextText(byte[] prefix)
    {
        Rune[] runes = [.. Encoding.UTF8.GetString(prefix).EnumerateRunes()];
        for (int i = runes.Length - 1; i >= 0; i--)
        {
            int next = runes[i].Value == 0xD7FF ? 0xE000 : runes[i].Value + 1;
            if (Rune.IsValid(next))
            {
                runes[i] = new Rune(next);
                return Encoding.UTF8.GetBytes(string.Concat(runes.Take(i + 1)));
            }
        }

        return null;
    }
}
