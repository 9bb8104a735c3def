using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>The file formats, as alternatives of the option <c>format</c>.</summary>
public sealed class FormatChoices : IOptionChoices
{
    public static IReadOnlyDictionary<string, Type> Choices { get; }
        = FormatRegistry.BuiltIn.All.ToDictionary(f => f.Name, f => f.OptionsType, StringComparer.OrdinalIgnoreCase);

    /// <summary>The options of a format, bound and checked.</summary>
    internal static FormatOptions Bind(FileFormat format, OptionChoice? choice)
        => choice is null ? (FormatOptions)Activator.CreateInstance(format.OptionsType)! : Bind(format, choice.Raw);

    /// <summary>The same, of options that no choice carries.</summary>
    internal static FormatOptions Bind(FileFormat format, OptionMap raw)
    {
        var faults = new OptionFaults();
        var options = (FormatOptions)OptionBinder.Bind(format.OptionsType, raw, faults);
        foreach (string fault in options.Validate())
        {
            faults.Add(SdkErrors.InvalidOption, fault, raw.Place, $"See `millrace connectors describe files`, or docs/reference/connectors/files.md#format-{format.Name}.");
        }

        faults.ThrowIfAny();
        return options;
    }
}
