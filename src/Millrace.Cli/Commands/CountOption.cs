using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Millrace.Cli;

/// <summary>Options that take a number above zero.</summary>
internal static class CountOption
{
    public static Option<long?> Create(string name, string description, string helpName, long max = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(name, max, result),
    };

    private static long? Parse(string name, long max, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= max)
        {
            return number;
        }

        result.AddError(max == long.MaxValue
            ? $"{name} takes a whole number above 0, not '{text}'."
            : $"{name} takes a whole number from 1 to {max}, not '{text}'.");
        return null;
    }
}
