using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.Runtime;

/// <summary>
/// Folder names for tenants and jobs, which may be called anything: one name gives one folder, two names give two, and none
/// leads out of where it stands.
/// </summary>
internal static class FolderName
{
    // File systems allow 255 bytes.
    private const int MaxLength = 200;

    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            char c = (char)b;
            bool isPlain = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && text.Length > 0);
            text.Append(isPlain ? c.ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture));
        }

        if (text.Length > MaxLength)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
            return $"{text.ToString(0, MaxLength - hash.Length - 1)}%{hash}";
        }

        return text.Length == 0 ? "%" : text.ToString();
    }
}
