#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hal/linux/fd.hpp"

/// Devices that modules of the kernel simulate: gpio-sim, uinput and uleds. As root, with the modules loaded.
namespace voip::hal::test {

/// What a test can pull out and put back.
class Pluggable {
 public:
    virtual ~Pluggable() = default;
    virtual void plug() = 0;
    virtual void unplug() = 0;
};

/// A chip of gpio-sim. Each plug() may give it another number; its label stays.
class SimChip final : public Pluggable {
 public:
    /// @param rest  the level of all lines when nobody touches them
    explicit SimChip(std::string label, bool rest = false, unsigned lines = 2);
    ~SimChip() override;
    SimChip(const SimChip&) = delete;
    SimChip& operator=(const SimChip&) = delete;

    void plug() override;
    void unplug() override;
    /// Moves an input, as a finger does.
    void pull(unsigned line, bool high) const;
    /// What the line is at: of an output, what its user drives.
    [[nodiscard]] bool level(unsigned line) const;
    [[nodiscard]] const std::string& label() const noexcept { return label_; }
    [[nodiscard]] std::filesystem::path node() const { return std::filesystem::path("/dev") / chip_; }

 private:
    [[nodiscard]] std::filesystem::path file(unsigned line, std::string_view name) const;

    std::string label_, chip_;
    bool rest_;
    unsigned count_;
    std::filesystem::path config_, lines_;
};

/// Holds a line, as another program would, until it is destroyed.
class Thief {
 public:
    Thief(const std::filesystem::path& chip_node, unsigned line);

 private:
    linux::Fd line_;
};

/// An input device with keys. `link` always points to its node while it is plugged in, as udev's links do.
class Keypad final : public Pluggable {
 public:
    Keypad(std::filesystem::path link, std::vector<unsigned> keys);
    ~Keypad() override { Keypad::unplug(); }
    Keypad(const Keypad&) = delete;
    Keypad& operator=(const Keypad&) = delete;

    void plug() override;
    void unplug() override;
    void move(unsigned key, bool down) const;
    [[nodiscard]] const std::filesystem::path& link() const noexcept { return link_; }

 private:
    std::filesystem::path link_;
    std::vector<unsigned> keys_;
    linux::Fd device_;
};

/// An LED of the LED class.
class SimLed final : public Pluggable {
 public:
    explicit SimLed(std::string name);

    void plug() override;
    void unplug() override { device_.reset(); }
    /// An attribute's text without the line's end.
    [[nodiscard]] std::string attribute(std::string_view name) const;
    /// The brightness values that were asked for since the last call.
    [[nodiscard]] std::vector<int> shown() const;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
    std::string name_;
    linux::Fd device_;
};

}  // namespace voip::hal::test
