using System.Collections.Concurrent;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Sdk;

/// <summary>One option of a record, read off its property. Binding, JSON Schema and the reference page all come from it.</summary>
public sealed class OptionInfo
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionInfo>> Cache = new();

    private OptionInfo(PropertyInfo property, object? defaults)
    {
        Property = property;
        Name = SnakeCase(property.Name);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Doc = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute)) || property.IsDefined(typeof(RequiredAttribute));
        Values = ValuesOf(property, Type);
        TakesNull = property.IsDefined(typeof(OptionTakesNullAttribute)) || Values.Contains(OptionScalar.NullWord);
        Example = property.GetCustomAttribute<OptionExampleAttribute>()?.Example;
        Range = property.GetCustomAttribute<RangeAttribute>();
        IsRest = property.IsDefined(typeof(OptionRestAttribute));
        Default = IsRequired || defaults is null ? null : property.GetValue(defaults);
    }

    public PropertyInfo Property { get; }

    /// <summary>Name in configuration: snake_case.</summary>
    public string Name { get; }

    /// <summary>Type of the value, without the nullable wrapper.</summary>
    public Type Type { get; }

    /// <summary>What it does, one or two sentences.</summary>
    public string Doc { get; }

    public bool IsRequired { get; }

    /// <summary>The only values understood; empty when there is no such list.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the word null is a value, not the want of one.</summary>
    public bool TakesNull { get; }

    public string? Example { get; }

    public RangeAttribute? Range { get; }

    /// <summary>Value when the option is absent; null when there is none.</summary>
    public object? Default { get; }

    /// <summary>The options within it, if it is a group.</summary>
    public IReadOnlyList<OptionInfo> Parts => OptionBinder.IsRecord(Type) ? Of(Type) : [];

    /// <summary>Whether the property takes all options that the record has no property for.</summary>
    public bool IsRest { get; }

    /// <summary>The options of a record, in the order of its properties, those of its base first.</summary>
    public static IReadOnlyList<OptionInfo> Of(Type record) => Cache.GetOrAdd(record, static type =>
    {
        object? defaults = OptionBinder.CreateDefault(type);
        var depth = new Dictionary<Type, int>();
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            depth[t] = -depth.Count;
        }

        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null && p.Name != "EqualityContract")
            .OrderBy(p => depth[p.DeclaringType!])
            .ThenBy(p => p.MetadataToken)
            .Select(p => new OptionInfo(p, defaults))];
    });

    /// <summary><c>MaxFieldBytes</c> → <c>max_field_bytes</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool startsWord = char.IsUpper(c) && i > 0
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static IReadOnlyList<string> ValuesOf(PropertyInfo property, Type type)
        => property.GetCustomAttribute<OptionValuesAttribute>()?.Values
            ?? property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>().ToArray()
            ?? (type.IsEnum ? [.. Enum.GetNames(type).Select(SnakeCase)] : []);
}
