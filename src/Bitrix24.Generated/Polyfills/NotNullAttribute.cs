#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Provides a type that the compiler requires and that .NET contains.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class NotNullAttribute : Attribute;
#endif
