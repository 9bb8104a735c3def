using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>The kinds of columns by name, each with its record of options.</summary>
public sealed class FieldKinds : IOptionChoices
{
    /// <summary>Name of the option that tells the kind.</summary>
    public const string Key = "kind";

    public static IReadOnlyDictionary<string, Type> Choices { get; } = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
        ["boolean"] = typeof(BooleanField),
        ["constant"] = typeof(ConstantField),
        ["enum"] = typeof(EnumField),
        ["exponential"] = typeof(ExponentialField),
        ["normal"] = typeof(NormalField),
        ["random_walk"] = typeof(RandomWalkField),
        ["reference"] = typeof(ReferenceField),
        ["sequence"] = typeof(SequenceField),
        ["template"] = typeof(TemplateField),
        ["text"] = typeof(TextField),
        ["time"] = typeof(TimeField),
        ["uniform"] = typeof(UniformField),
        ["uuid"] = typeof(UuidField),
        ["words"] = typeof(WordsField),
        ["zipf"] = typeof(ZipfField),
    };
}
