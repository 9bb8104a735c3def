using System.Security.Cryptography;
using System.Text;

namespace Millrace.Cli;

/// <summary>The name of a copy of several streams, by which the same command finds what it has done before.</summary>
internal static class CopyName
{
    public static string Of(string source, string target, string? write)
    {
        // A password may stand in a location, so nothing of it is shown.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\n{target}\n{write}"));
        return $"copy-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }
}
