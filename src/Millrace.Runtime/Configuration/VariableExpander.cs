using System.Text;

namespace Millrace.Runtime;

/// <summary>
/// Replaces <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${NAME:?message}</c> in configuration values; <c>$$</c> stands for
/// one <c>$</c>. A value that comes in is not expanded again.
/// </summary>
/// <param name="lookup">The value of a name, or null when it is not set.</param>
public sealed class VariableExpander(Func<string, string?> lookup)
{
    private IReadOnlyList<string> _kept = [];

    public static VariableExpander FromEnvironment { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>The same, which leaves some names in braces as they are, for whoever reads the text next.</summary>
    public VariableExpander Keeping(IReadOnlyList<string> names) => new(lookup) { _kept = names };

    public string Expand(string text, ErrorPlace place)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            char next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (c == '$' && next == '$')
            {
                result.Append('$');
                at += 2;
            }
            else if (c == '$' && next == '{')
            {
                int end = text.IndexOf('}', at);
                if (end < 0)
                {
                    throw ConfigurationErrors.InvalidVariable.Error("'${' has no closing '}'.", place);
                }

                result.Append(Resolve(text[(at + 2)..end], place));
                at = end + 1;
            }
            else
            {
                result.Append(c);
                at++;
            }
        }

        return result.ToString();
    }

    private string Resolve(string reference, ErrorPlace place)
    {
        if (reference.StartsWith("secret:", StringComparison.Ordinal))
        {
            throw ConfigurationErrors.NoSecrets.Error($"'${{{reference}}}' asks for a secret, and no store of secrets is set up.", place);
        }

        int colon = reference.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? reference : reference[..colon];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw ConfigurationErrors.InvalidVariable.Error($"'${{{reference}}}' does not begin with a name of letters, digits and underscores.", place);
        }

        if (_kept.Contains(reference))
        {
            return $"${{{reference}}}";
        }

        string? value = lookup(name);
        if (!string.IsNullOrEmpty(value) || (value is not null && colon < 0))
        {
            return value;
        }

        string rest = colon < 0 ? "" : reference[(colon + 1)..];
        return rest switch
        {
            ['-', .. string fallback] => fallback,
            ['?', .. string message] => throw ConfigurationErrors.VariableNotSet.Error($"The variable {name} is not set: {message.TrimEnd('.')}.", place),
            "" when colon < 0 => throw ConfigurationErrors.VariableNotSet.Error($"The variable {name} is not set.", place),
            _ => throw ConfigurationErrors.InvalidVariable.Error($"'${{{reference}}}' has neither ':-' nor ':?' after the name.", place),
        };
    }
}
