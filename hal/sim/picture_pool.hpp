#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace voip::hal::sim {

/// Memory of pictures that is used again once whoever held it, on any thread, has let it go.
class PicturePool {
 public:
    using Bytes = std::vector<std::byte>;

    explicit PicturePool(std::size_t bytes) : shelf_(std::make_shared<Shelf>()), bytes_(bytes) {}

    /// A picture with arbitrary content. The pool may go before it.
    [[nodiscard]] std::shared_ptr<Bytes> take() {
        auto picture = shelf_->take();
        if (!picture) picture = std::make_unique<Bytes>(bytes_);
        return {picture.release(),
                [shelf = shelf_](Bytes* used) { shelf->put(std::unique_ptr<Bytes>(used)); }};
    }

 private:
    struct Shelf {
        std::unique_ptr<Bytes> take() {
            const std::lock_guard lock(mutex);
            if (free.empty()) return nullptr;
            auto picture = std::move(free.back());
            free.pop_back();
            return picture;
        }
        void put(std::unique_ptr<Bytes> picture) {
            const std::lock_guard lock(mutex);
            free.push_back(std::move(picture));
        }
        std::mutex mutex;
        std::vector<std::unique_ptr<Bytes>> free;
    };

    std::shared_ptr<Shelf> shelf_;
    std::size_t bytes_;
};

}  // namespace voip::hal::sim
