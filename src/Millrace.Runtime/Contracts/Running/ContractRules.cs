using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Makes the rules of a column that look at single rows.</summary>
internal static class ContractRules
{
    public static IEnumerable<ContractRule> Of(AssetColumn column, DataType type)
    {
        if (column.Required)
        {
            yield return new RequiredRule(column.Name) { ShowsValues = column.IsShowable };
        }

        if (column.Min is not null || column.Max is not null)
        {
            yield return RangeRule.Of(column, type);
        }

        if (column.MinLength is not null || column.MaxLength is not null)
        {
            RequireText(column, type, "length");
            int least = column.MinLength ?? 0;
            int most = column.MaxLength ?? int.MaxValue;
            yield return least > most
                ? throw ContractErrors.BadRule($"{column.Name}.length", "leaves no value")
                : new LengthRule(column.Name, least, most) { ShowsValues = column.IsShowable };
        }

        if (column.Pattern is { } pattern)
        {
            RequireText(column, type, "pattern");
            yield return new PatternRule(column.Name, pattern) { ShowsValues = column.IsShowable };
        }

        if (type.IsText && FormatRule.Of(column) is { } format)
        {
            yield return format;
        }

        if (column.Enum is { Count: > 0 })
        {
            yield return EnumRule.Of(column, type);
        }
    }

    private static void RequireText(AssetColumn column, DataType type, string rule)
    {
        if (!type.IsText)
        {
            throw ContractErrors.BadRule($"{column.Name}.{rule}", $"does not apply to values of {type}");
        }
    }
}
