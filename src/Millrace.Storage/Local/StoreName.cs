namespace Millrace.Storage;

/// <summary>Names of objects: which are sound, and how other text becomes one.</summary>
public static class StoreName
{
    private static readonly System.Buffers.SearchValues<char> Plain
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    /// <summary>Whether a name stays within its store: relative, no empty, <c>.</c> or <c>..</c> parts, no control characters.</summary>
    public static bool IsSound(string name)
    {
        if (name.Length == 0 || name.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || name.Contains('\\', StringComparison.Ordinal))
        {
            return false;
        }

        foreach (Range part in name.AsSpan().Split('/'))
        {
            if (name.AsSpan()[part] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The folder that a prefix of names begins in, its slash at the end; empty for the store itself.</summary>
    internal static string FolderOf(string prefix)
    {
        string folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        return folder.Length == 0 || IsSound(folder[..^1]) ? folder : throw StorageErrors.BadName(prefix);
    }

    /// <summary>Any text as one part of a name; different texts give different parts, and none is hidden or leads elsewhere.</summary>
    public static string Escape(string text)
    {
        if (text.Length > 0 && text[0] != '.' && text.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return text;
        }

        var escaped = new System.Text.StringBuilder();
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(text))
        {
            if (Plain.Contains((char)b) && !(escaped.Length == 0 && b == '.'))
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return escaped.Length == 0 ? "%" : escaped.ToString();
    }
}
