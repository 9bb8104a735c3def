using System.Globalization;
using System.Text;

namespace Millrace.Formats.Avro;

/// <summary>Names and namespaces (specification, section Names).</summary>
internal static class AvroNames
{
    public static string Qualify(string name, string space)
        => name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";

    public static string Space(string full) => full.LastIndexOf('.') is int dot and >= 0 ? full[..dot] : "";

    public static bool IsFullName(string name) => name.Split('.').All(IsValid);

    public static void Check(string name, string where)
    {
        if (!IsValid(name))
        {
            throw AvroErrors.Schema(where, $"'{name}' is not a name: letters, digits and '_', not beginning with a digit");
        }
    }

    /// <summary>A valid name made of any text: what is not allowed is written as <c>_x</c> and its code in hexadecimal.</summary>
    public static string Sanitise(string text)
    {
        if (IsValid(text))
        {
            return text;
        }

        var name = new StringBuilder();
        foreach (char c in text)
        {
            if (char.IsAsciiLetter(c) || c == '_' || (char.IsAsciiDigit(c) && name.Length > 0))
            {
                name.Append(c);
            }
            else
            {
                name.Append("_x").Append(((int)c).ToString("X", CultureInfo.InvariantCulture));
            }
        }

        return name.Length == 0 ? "_" : name.ToString();
    }

    private static bool IsValid(string name)
    {
        bool valid = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (char c in name)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        return valid;
    }
}
