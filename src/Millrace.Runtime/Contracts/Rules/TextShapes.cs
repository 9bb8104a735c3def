using System.Net;
using System.Net.Sockets;

namespace Millrace.Runtime.Contracts;

/// <summary>Forms of texts that have a name.</summary>
internal static class TextShapes
{
    /// <summary>One @, something before it without blanks, a host name with a dot behind it.</summary>
    public static bool IsEmail(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is <= 0 or > 64 || text.Length > 254 || at != text.LastIndexOf('@'))
        {
            return false;
        }

        ReadOnlySpan<char> local = text.AsSpan(0, at);
        foreach (char c in local)
        {
            if (!char.IsLetterOrDigit(c) && !"!#$%&'*+/=?^_`{|}~-.".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        string host = text[(at + 1)..];
        return local[0] != '.' && local[^1] != '.' && host.Contains('.', StringComparison.Ordinal) && IsHostName(host);
    }

    public static bool IsHostName(string text)
    {
        if (text.Length is 0 or > 253)
        {
            return false;
        }

        foreach (string label in text.Split('.'))
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsLetterOrDigit(c) || c == '-'))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsIpv4(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && int.Parse(p, System.Globalization.CultureInfo.InvariantCulture) < 256);
    }

    public static bool IsIpv6(string text)
        => text.Contains(':', StringComparison.Ordinal) && !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
            && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;
}
