using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Quality rules as the standard writes them, which the short form does, too.</summary>
internal static class QualityText
{
    private static readonly ErrorPlace Nowhere = new();

    public static OptionMap Of(QualitySpec rule)
    {
        var map = new OptionMap(Nowhere);
        Set(map, "name", Text(rule.Name));
        Set(map, "type", Text(rule.Type is { } type ? OptionInfo.SnakeCase(type.ToString()) : null));
        Set(map, "rule", Text(rule.Rule));
        Set(map, "metric", Text(rule.Metric));
        Set(map, "arguments", rule.Arguments);
        Set(map, "validValues", rule.ValidValues is { } values ? new OptionList([.. values.Select(v => Text(v)!)], Nowhere) : null);
        Set(map, "query", Text(rule.Query));
        Set(map, "mustBe", Number(rule.MustBe));
        Set(map, "mustNotBe", Number(rule.MustNotBe));
        Set(map, "mustBeGreaterThan", Number(rule.MustBeGreaterThan));
        Set(map, "mustBeGreaterOrEqualTo", Number(rule.MustBeGreaterOrEqualTo));
        Set(map, "mustBeLessThan", Number(rule.MustBeLessThan));
        Set(map, "mustBeLessOrEqualTo", Number(rule.MustBeLessOrEqualTo));
        Set(map, "mustBeBetween", Numbers(rule.MustBeBetween));
        Set(map, "mustNotBeBetween", Numbers(rule.MustNotBeBetween));
        Set(map, "unit", Text(rule.Unit));
        Set(map, "severity", Text(rule.Severity));
        Set(map, "description", Text(rule.Description));
        foreach (OptionEntry entry in rule.Others.Entries)
        {
            map.Set(entry.Name, entry.Value);
        }

        return map;
    }

    private static OptionScalar? Text(string? text) => text is null ? null : new OptionScalar(text, Nowhere, Quoted: true);

    private static OptionScalar? Number(string? text) => text is null ? null : new OptionScalar(text, Nowhere);

    private static OptionList? Numbers(IReadOnlyList<string>? texts) => texts is null ? null : new OptionList([.. texts.Select(t => Number(t)!)], Nowhere);

    private static void Set(OptionMap map, string name, OptionNode? value)
    {
        if (value is not null)
        {
            map.Set(name, value);
        }
    }
}
