using System.Buffers;
using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Files;

/// <summary>Parts of a path in the form <c>key=value</c>, as Hive and many after it lay out partitions.</summary>
internal static class HivePath
{
    /// <summary>What stands for null.</summary>
    public const string NullValue = "__HIVE_DEFAULT_PARTITION__";

    private static readonly SearchValues<char> Special = SearchValues.Create("\"#%'*/:=?\\{[]}^<>|&;`$!~");

    /// <summary>One part: <c>key=value</c>, both escaped so that any text is a plain name which <see cref="Parse"/> reads back.</summary>
    public static string Format(string key, string? value)
    {
        var part = new StringBuilder();
        Escape(part, key);
        part.Append('=');
        if (value is null)
        {
            part.Append(NullValue);
        }
        else if (value == NullValue)
        {
            // Text that looks like null is told apart by its first character.
            part.Append(CultureInfo.InvariantCulture, $"%{(int)value[0]:X2}").Append(value.AsSpan(1));
        }
        else
        {
            Escape(part, value);
        }

        return part.ToString();
    }

    // Hive's set of characters and those that mean something to shells.
    private static void Escape(StringBuilder target, string text)
    {
        foreach (char c in text)
        {
            bool plain = c >= ' ' && c != 0x7F && !Special.Contains(c) && !(c == '.' && target.Length == 0);
            _ = plain ? target.Append(c) : target.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
        }
    }

    /// <summary>Keys and values of the folders of a path; a value is null where the path says so.</summary>
    public static List<KeyValuePair<string, string?>> Parse(string path)
    {
        var pairs = new List<KeyValuePair<string, string?>>();
        string[] parts = path.Split('/');
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                string value = part[(equals + 1)..];
                pairs.Add(new(Uri.UnescapeDataString(part[..equals]), value == NullValue ? null : Uri.UnescapeDataString(value)));
            }
        }

        return pairs;
    }
}
