using System.CommandLine;

namespace Chat.Bench;

/// <summary>Numbers of the command line that must lie in a range.</summary>
internal static class Ranges
{
    /// <summary>Refuses anything outside, and says so.</summary>
    public static void InRange(this Option<int> option, int min, int max) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < min || value > max))
            result.AddError($"{option.Name} must be between {min} and {max}");
    });

    /// <inheritdoc cref="InRange(Option{int}, int, int)"/>
    public static void InRange(this Option<double> option, double min, double max) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double>() is var value && !(value >= min && value <= max))
            result.AddError(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{option.Name} must be between {min} and {max}"));
    });
}
