using System.Collections;
using System.Globalization;
using System.Reflection;
using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>
/// Fills an options record from configuration. Knows text, booleans, numbers, enums, durations (<see cref="TimeSpan"/>),
/// <see cref="ByteSize"/>, <see cref="DataType"/>, lists, maps of text, nested records and <see cref="OptionChoice"/>.
/// Every fault is collected with its place; nothing is ignored.
/// </summary>
public static class OptionBinder
{
    public static T Bind<T>(OptionMap map, OptionFaults faults)
        where T : class => (T)Bind(typeof(T), map, faults);

    public static object Bind(Type record, OptionMap map, OptionFaults faults)
    {
        IReadOnlyList<OptionInfo> options = OptionInfo.Of(record);
        object target = CreateDefault(record) ?? throw new ArgumentException($"{record} needs a constructor without parameters.");
        OptionInfo? rest = options.FirstOrDefault(o => o.IsRest);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        OptionMap? others = null;
        foreach (OptionEntry entry in map.Entries)
        {
            OptionInfo? option = options.FirstOrDefault(o => !o.IsRest && o.Name == entry.Name)
                ?? options.FirstOrDefault(o => !o.IsRest && IsSameName(o.Name, entry.Name));
            if (option is null)
            {
                if (rest is not null)
                {
                    (others ??= new OptionMap(map.Place)).Set(entry.Name, entry.Value, entry.NamePlace);
                    continue;
                }

                string written = WrittenName(entry.Value) ?? entry.Name;
                string group = written.EndsWith(entry.Name, StringComparison.OrdinalIgnoreCase) ? written[..^entry.Name.Length] : "";
                IEnumerable<string> names = options.Select(o => group + o.Name);
                faults.Add(
                    SdkErrors.UnknownOption,
                    $"There is no option '{written}'{NearestName.Suggest(written, names)}.",
                    entry.NamePlace,
                    $"Options here: {string.Join(", ", names)}.");
                continue;
            }

            if (!seen.Add(option.Name))
            {
                faults.Add(SdkErrors.DuplicateOption, $"The option '{NameOf(option, entry.Value)}' is given twice.", entry.NamePlace);
                continue;
            }

            if (entry.Value is OptionScalar { IsNull: true } scalar && !(option.TakesNull && scalar.Text == OptionScalar.NullWord))
            {
                if (option.IsRequired)
                {
                    faults.Add(SdkErrors.MissingOption, $"The option '{NameOf(option, entry.Value)}' has no value.", entry.NamePlace, Describe(option));
                }

                continue;
            }

            if (Convert(option.Type, option, entry.Value, faults) is { } value)
            {
                CheckRange(option, value, entry.Value, faults);
                option.Property.SetValue(target, value);
            }
        }

        if (rest is not null)
        {
            rest.Property.SetValue(target, others ?? new OptionMap(map.Place));
        }

        foreach (OptionInfo option in options)
        {
            if (option.IsRequired && !seen.Contains(option.Name))
            {
                faults.Add(SdkErrors.MissingOption, $"The option '{(WrittenName(map) is { } group ? $"{group}." : "")}{option.Name}' is required.", map.Place, Describe(option));
            }
        }

        return target;
    }

    /// <summary>A record with every default; <c>required</c> members are left unset.</summary>
    internal static object? CreateDefault(Type record)
        => record.IsAbstract || record.GetConstructor(Type.EmptyTypes) is null ? null : Activator.CreateInstance(record);

    // Long forms of files written for other tools use camelCase.
    private static bool IsSameName(string name, string written)
        => name.Replace("_", "", StringComparison.Ordinal).Equals(written.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static string NameOf(OptionInfo option, OptionNode node) => WrittenName(node) ?? option.Name;

    // A group that was not written as one has the name of the first of its options.
    private static string? WrittenName(OptionNode node)
        => node.WrittenName ?? (node is OptionMap { Entries: [var first, ..] } && WrittenName(first.Value) is { } inner && inner.EndsWith("." + first.Name, StringComparison.OrdinalIgnoreCase) ? inner[..^(first.Name.Length + 1)] : null);

    private static string Describe(OptionInfo option)
        => option.Example is { } example ? $"{option.Doc} For example: {option.Name}: {example}" : option.Doc;

    private static object? Convert(Type type, OptionInfo option, OptionNode node, OptionFaults faults)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsAssignableFrom(node.GetType()))
        {
            return node;
        }

        if (typeof(OptionChoice).IsAssignableFrom(type))
        {
            return ConvertChoice(type, option, node, faults);
        }

        if (type != typeof(string) && ElementType(type) is { } element)
        {
            return ConvertList(element, option, node, faults);
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            return ConvertTextMap(option, node, faults);
        }

        if (IsRecord(type))
        {
            return ConvertRecord(type, option, node, faults);
        }

        if (node is not OptionScalar scalar)
        {
            faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes one value, not {(node is OptionList ? "a list" : "a group of options")}.", node.Place, Describe(option));
            return null;
        }

        object? value = ConvertScalar(type, option, scalar.Text, out string expected);
        if (value is null)
        {
            faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes {expected}, not '{scalar.Text}'{NearestName.Suggest(scalar.Text, option.Values)}.", node.Place, Describe(option));
        }

        return value;
    }

    private static object? ConvertScalar(Type type, OptionInfo option, string text, out string expected)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (type.IsEnum)
        {
            expected = $"one of {string.Join(", ", option.Values)}";
            foreach (string name in Enum.GetNames(type))
            {
                if (IsSameName(OptionInfo.SnakeCase(name), text))
                {
                    return Enum.Parse(type, name);
                }
            }

            return null;
        }

        if (type == typeof(string))
        {
            expected = $"one of {string.Join(", ", option.Values)}";
            return option.Values.Count == 0 || option.Values.Contains(text, StringComparer.OrdinalIgnoreCase) ? text : null;
        }

        if (type == typeof(bool))
        {
            expected = "true or false";
            return text.ToLowerInvariant() switch
            {
                "true" or "yes" or "on" or "1" => true,
                "false" or "no" or "off" or "0" => false,
                _ => null,
            };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            expected = "a whole number";
            string digits = text.Replace("_", "", StringComparison.Ordinal);
            if (type == typeof(int))
            {
                return int.TryParse(digits, NumberStyles.AllowLeadingSign, culture, out int small) ? small : null;
            }

            return long.TryParse(digits, NumberStyles.AllowLeadingSign, culture, out long big) ? big : null;
        }

        if (type == typeof(double))
        {
            expected = "a number";
            return double.TryParse(text, NumberStyles.Float, culture, out double number) ? number : null;
        }

        if (type == typeof(char))
        {
            expected = "one character";
            return text switch { "\\t" => '\t', { Length: 1 } => text[0], _ => null };
        }

        if (type == typeof(TimeSpan))
        {
            expected = "a duration such as 500ms, 30s, 5m, 1h or 1d";
            return Duration.TryParse(text, out TimeSpan duration) ? duration : null;
        }

        if (type == typeof(ByteSize))
        {
            expected = "a size such as 64KiB, 128MB or 1GiB";
            return ByteSize.TryParse(text, out ByteSize size) ? size : null;
        }

        if (type == typeof(DataType))
        {
            bool known = TypeName.TryParse(text, out DataType? parsed, out string? error);
            expected = known ? "" : $"a type ({error})";
            return parsed;
        }

        throw new NotSupportedException($"Options of type {type} cannot be bound: {option.Property.DeclaringType}.{option.Property.Name}.");
    }

    private static object? ConvertChoice(Type type, OptionInfo option, OptionNode node, OptionFaults faults)
    {
        string? name = null;
        OptionMap raw = new(node.Place);
        ErrorPlace namePlace = node.Place;
        string key = ((OptionChoice)Activator.CreateInstance(type, null, raw)!).Key;
        switch (node)
        {
            case OptionScalar scalar:
                name = scalar.Text;
                break;
            case OptionMap map:
                raw = map.Where(e => e.Name != key);
                if (map[key] is OptionScalar named)
                {
                    name = named.Text;
                    namePlace = named.Place;
                }

                break;
            default:
                faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes a name, or a group of options with a {key}.", node.Place, Describe(option));
                return null;
        }

        var choice = (OptionChoice)Activator.CreateInstance(type, name, raw)!;
        if (name is not null)
        {
            if (!choice.Alternatives.TryGetValue(name, out Type? record))
            {
                faults.Add(
                    SdkErrors.InvalidOption,
                    $"The option '{NameOf(option, node)}' takes one of {string.Join(", ", choice.Alternatives.Keys)}, not '{name}'{NearestName.Suggest(name, choice.Alternatives.Keys)}.",
                    namePlace,
                    Describe(option));
                return null;
            }

            Bind(record, raw, faults);
        }

        return choice;
    }

    private static Array? ConvertList(Type element, OptionInfo option, OptionNode node, OptionFaults faults)
    {
        // One value stands for a list of one; text may also hold several, separated by commas.
        IReadOnlyList<OptionNode> items = node switch
        {
            OptionList list => list.Items,
            OptionScalar { Quoted: false } scalar when element == typeof(string) && scalar.Text.Contains(',', StringComparison.Ordinal)
                => [.. SplitAtCommas(scalar.Text).Select(t => new OptionScalar(t, scalar.Place))],
            _ => [node],
        };
        Array values = Array.CreateInstance(element, items.Count);
        bool ok = true;
        for (int i = 0; i < items.Count; i++)
        {
            object? value = Convert(element, option, items[i], faults);
            ok &= value is not null;
            values.SetValue(value, i);
        }

        return ok ? values : null;
    }

    // Commas within brackets belong to an item: `data/{a,b}.csv`, `bucket(4, id), day(ts)`.
    private static IEnumerable<string> SplitAtCommas(string text)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '{' or '(' or '[':
                    depth++;
                    break;
                case '}' or ')' or ']':
                    depth--;
                    break;
                case ',' when depth <= 0:
                    yield return text[start..i].Trim();
                    start = i + 1;
                    break;
            }
        }

        yield return text[start..].Trim();
    }

    private static Dictionary<string, string>? ConvertTextMap(OptionInfo option, OptionNode node, OptionFaults faults)
    {
        if (node is not OptionMap map)
        {
            faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes names with values.", node.Place, Describe(option));
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (OptionEntry entry in map.Entries)
        {
            if (entry.Value is OptionScalar scalar)
            {
                values[entry.Name] = scalar.Text;
            }
            else
            {
                faults.Add(SdkErrors.InvalidOption, $"'{entry.Name}' takes one value.", entry.Value.Place, Describe(option));
            }
        }

        return values;
    }

    private static object? ConvertRecord(Type type, OptionInfo option, OptionNode node, OptionFaults faults)
    {
        if (node is OptionMap map)
        {
            return Bind(type, map, faults);
        }

        if (node is OptionScalar scalar && type.GetCustomAttribute<OptionShorthandAttribute>() is { } shorthand)
        {
            var wrapped = new OptionMap(node.Place);
            wrapped.Set(shorthand.Option, scalar);
            return Bind(type, wrapped, faults);
        }

        faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes a group of options.", node.Place, Describe(option));
        return null;
    }

    private static void CheckRange(OptionInfo option, object value, OptionNode node, OptionFaults faults)
    {
        if (option.Range is { } range && !range.IsValid(value is ByteSize size ? size.Bytes : value))
        {
            faults.Add(SdkErrors.InvalidOption, $"The option '{NameOf(option, node)}' takes {Shown(range)}, not {value}.", node.Place, Describe(option));
        }
    }

    private static string Shown(System.ComponentModel.DataAnnotations.RangeAttribute range)
        => range.Maximum is >= (double)long.MaxValue ? $"{range.Minimum} or more" : $"{range.Minimum} to {range.Maximum}";

    /// <summary>The element type of a list; null for what is no list.</summary>
    public static Type? ElementType(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        bool isList = type.IsGenericType && type.GetGenericTypeDefinition() is { } definition
            && (definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>));
        return isList ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>Whether a type is a group of options.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && type != typeof(DataType) && !typeof(OptionNode).IsAssignableFrom(type)
        && type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance) is not null;
}
