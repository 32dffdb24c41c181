#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Lets both target frameworks carry the same attributes; only .NET trims.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresUnreferencedCodeAttribute(string message) : Attribute
{
    public string Message { get; } = message;
}
#endif
